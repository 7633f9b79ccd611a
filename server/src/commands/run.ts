import { ConfigurationError } from '../platform/config/load.ts'
import { EmbeddedPostgresError } from '../platform/postgres/error.ts'
import { accountCommand } from './account.ts'
import { configCommand } from './config.ts'
import { databaseCommand } from './database.ts'
import { doctorCommand } from './doctor.ts'
import { ledgerCommand } from './ledger.ts'
import { registrationTokenCommand } from './registration-token.ts'
import { sitesCommand } from './sites.ts'
import { startCommand } from './start.ts'

const usage = `usage: npm run dure -- <command>

  start                    run a node (the default; same as npm start)
  database                 run the embedded PostgreSQL alone, for dumps and restores
  registration-token create [--token <text>] [--uses <count>] [--valid-for <time span>]
                           make a token for DURE_REGISTRATION=token and print it
  account make-administrator <user id>, account unmake-administrator <user id>
                           say who may administer this server
  ledger status            say what the checks of the books have found, and how far they are
  ledger verify            check all books from their first entry on
  ledger settle <number> --repaired|--accepted --because <text>
                           close a finding; writing goes on when none is open
  ledger accounts <owner>, ledger statement <account>
                           look at the accounts of an owner; at the newest lines of an account
  ledger export --format hledger|beancount
                           write the journal for another program to add up
  doctor                   look at the machine, the configuration and the database, and say what is wrong
  sites check <sites.yaml> [--live]
                           say what is wrong with several sites: shared power, sizes, versions, replicas ...
  sites render <sites.yaml> --out <folder>
                           write every file that the machines of several sites need
  sites status             say who leads, who follows and who serves
  sites drain <site>, sites undrain <site>
                           take a site out of service without anybody noticing, and back
  sites last-site --lost <sites> --i-have-fenced <sites> [--by <name>] [--dry-run]
                           let this site write alone, when the others are lost and cannot come back by themselves
  sites rejoin <site>      at a site that comes back after that: set its data aside and join the others again
  sites gate [--open]      say what etcd waits for at this site; let it start without the others
  config check             say everything that is wrong with the configuration
  config print             print the configuration in force, without secrets
  config docs              print the reference of all settings
`

/** Runs one command line and gives the exit code. */
export async function runCommand(words: readonly string[]): Promise<number> {
  const [command = 'start', ...rest] = words
  const commands: Record<string, (rest: readonly string[]) => Promise<number>> = {
    start: startCommand,
    account: accountCommand,
    config: configCommand,
    database: databaseCommand,
    doctor: doctorCommand,
    ledger: ledgerCommand,
    'registration-token': registrationTokenCommand,
    sites: sitesCommand,
  }
  const run = commands[command]
  if (!run) {
    process.stderr.write(usage)
    return command === 'help' ? 0 : 2
  }
  try {
    return await run(rest)
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof EmbeddedPostgresError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}
