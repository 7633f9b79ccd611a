import { benchCheckout } from './checkout/checkout.ts'
import { benchLedger } from './ledger/ledger.ts'
import { benchPushFanOut } from './push/push-fan-out.ts'
import { benchPushRules } from './push-rules.ts'
import { benchAppend } from './rooms/append.ts'
import { benchRooms } from './rooms/rooms.ts'
import { benchSearch } from './search/search.ts'
import { benchSlidingSync } from './sync/sliding-sync.ts'
import { benchThreeSites } from './three-sites.ts'

/** `npm run bench -- <name> [options]`: each prints its numbers and what they are to be compared with. */
const benches: Record<string, (options: readonly string[]) => Promise<void>> = {
  rooms: benchRooms,
  append: benchAppend,
  'push-rules': benchPushRules,
  ledger: benchLedger,
  checkout: benchCheckout,
  search: benchSearch,
  'sliding-sync': benchSlidingSync,
  'push-fan-out': benchPushFanOut,
  'three-sites': benchThreeSites,
}

const [name = '', ...options] = process.argv.slice(2)
const bench = benches[name]
if (bench) await bench(options)
else {
  process.stderr.write(`usage: npm run bench -- <${Object.keys(benches).join(' | ')}> [options]\n`)
  process.exitCode = 2
}
