import { projectFiles, readProjectFile } from '../rules/repository.ts'

/** A constant of the code that bounds something, with its value as it stands there. */
export type Constant = { file: string; name: string; value: string }

const folders = /^server\/src\/(?:platform|services)\/.*\.ts$/
/** Money has lists of its own; the others bound what happens among the nodes, or are no code of a running node. */
const elsewhere =
  /\/(?:wallet|checkout|ledger|testing)\/|\/platform\/(?:site|db|postgres|stream|money)\/|\.test\.ts$|\/testing\.ts$/
const declaration =
  /^(?:export )?const (?<name>\w*(?:Max|MAX|AtOnce|atOnce|Limits?|perGateway)|max[A-Z]\w*|variantsMax)\s*(?::[^=]+)?=\s*(?<value>.+)$/gm

/** Every constant that is named as a limit is. */
export function constants(): Constant[] {
  return projectFiles(folders)
    .filter((file) => !elsewhere.test(file))
    .flatMap((file) =>
      [...readProjectFile(file).matchAll(declaration)].map(({ groups = {} }) => ({
        file: file.replace('server/src/', ''),
        name: groups['name'] ?? '',
        value: shown(groups['value'] ?? ''),
      })),
    )
}

/** Products are worked out; what is longer than a line is left to the code. */
function shown(value: string): string {
  const page = /^\{ fallback: (?<fallback>\d+), max: (?<max>\d+) \}$/.exec(value)?.groups
  if (page) return `${page['max']} (${page['fallback']} unless asked for)`
  if (!/^[\d_]+(?: \*\*? [\d_]+)*$/.test(value)) return value.replaceAll(/[{}]/g, '').trim()
  const product = value
    .replaceAll('_', '')
    .split(' * ')
    .map((factor) => factor.split(' ** ').map(Number))
    .reduce((result, [base = 1, exponent = 1]) => result * base ** exponent, 1)
  return product.toLocaleString('en')
}
