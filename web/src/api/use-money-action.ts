import { useRef, useState } from 'react'
import { useText } from '../i18n/text.ts'
import { explain, isRefused } from './explain-money.ts'
import { moneyChanged } from './use-purse.ts'
import { newId } from './wallet.ts'

export type MoneyAction = {
  busy: boolean
  problem: string | undefined
  /** Does something with money under an id that stays the same until it is known what became of it. */
  run(work: (id: string) => Promise<void>): Promise<void>
}

/**
 * A press of a button that moves money. Pressed again after an answer was lost it is the same request, so nothing is paid
 * twice; after a "no" it is a new one.
 */
export function useMoneyAction(): MoneyAction {
  const text = useText()
  const id = useRef<string>(undefined)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  return {
    busy,
    problem,
    async run(work) {
      setBusy(true)
      setProblem(undefined)
      id.current ??= newId()
      try {
        await work(id.current)
        id.current = undefined
      } catch (error) {
        if (isRefused(error)) id.current = undefined
        setProblem(explain(error, text))
      } finally {
        setBusy(false)
        moneyChanged()
      }
    },
  }
}
