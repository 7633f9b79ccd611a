import assert from 'node:assert/strict'

class MachineDiedError extends Error {}

/** At each kind of step: as early as it comes, and once more when the command is repeated. */
const deathsAtEach = 2

/**
 * Runs `command` again and again; each time its machine dies right after a step - a call of anything in `deps` - at which it has not died
 * often enough: the step is carried out, and the command never hears of it. Gives how often that was, when the command ends.
 */
export async function dyingAtEveryStep<T extends object>(
  deps: T,
  command: (deps: T) => Promise<void>,
  crash: () => Promise<void> = async () => undefined,
): Promise<number> {
  const deaths = new Map<string, number>()
  for (let times = 0; ; times++) {
    const outcome = await command(mortal(deps, deaths)).catch((error: Error) => error)
    if (outcome === undefined) return times
    assert(outcome instanceof MachineDiedError, outcome)
    await crash()
  }
}

function mortal<T extends object>(deps: T, deaths: Map<string, number>): T {
  let dead: MachineDiedError | undefined
  const wrap = <D extends object>(part: D): D =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (typeof value === 'function')
          return (...given: unknown[]) => {
            if (dead) throw dead
            const result: unknown = Reflect.apply(value, target, given)
            const step = [name, ...given.filter((word) => typeof word === 'string')]
              .join(' ')
              .replace(/\d+/g, '')
            const before = deaths.get(step) ?? 0
            if (before >= deathsAtEach) return result
            deaths.set(step, before + 1)
            dead = new MachineDiedError(`the machine died at ${step}`)
            if (!(result instanceof Promise)) throw dead
            const unheard = result.then(() => Promise.reject(dead))
            // Of several questions put at once the first answer to fail ends the command.
            unheard.catch(() => undefined)
            return unheard
          }
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? wrap(value) : value
      },
    })
  return wrap(deps)
}
