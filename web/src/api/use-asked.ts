import { useCallback, useEffect, useState } from 'react'

export type Asked<Value> = {
  /** The newest answer; undefined until there is one. */
  value: Value | undefined
  error: unknown
  /** Asks again; what was answered before stays until then. */
  again(): void
}

/** Asks a server for something, and again whenever `ask` is another function. Late answers to an earlier question are dropped. */
export function useAsked<Value>(ask: () => Promise<Value>): Asked<Value> {
  const [state, setState] = useState<{ value?: Value; error?: unknown }>({})
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn asks the same again.
  useEffect(() => {
    let gone = false
    ask().then(
      (value) => !gone && setState({ value }),
      (error: unknown) => !gone && setState((before) => ({ ...before, error })),
    )
    return () => {
      gone = true
    }
  }, [ask, turn])
  return { value: state.value, error: state.error, again: useCallback(() => setTurn((last) => last + 1), []) }
}
