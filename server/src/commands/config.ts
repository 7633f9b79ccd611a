import { readConfiguration, slices } from '../configuration.ts'
import { documentConfiguration, printConfiguration } from '../platform/config/describe.ts'
import { environment } from '../platform/config/environment.ts'

/** `config check`, `config print`, `config docs`. */
export async function configCommand([verb]: readonly string[]): Promise<number> {
  switch (verb) {
    case 'check':
      readConfiguration(environment)
      process.stdout.write('the configuration is fine\n')
      return 0
    case 'print':
      process.stdout.write(printConfiguration(slices, readConfiguration(environment)))
      return 0
    case 'docs':
      process.stdout.write(documentConfiguration(slices))
      return 0
    default:
      process.stderr.write('usage: config check | print | docs\n')
      return 2
  }
}
