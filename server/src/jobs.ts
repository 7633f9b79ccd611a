import type { Platform } from './platform/platform.ts'
import type { IdentityJobs } from './services/identity/api.ts'
import type { RoomsJobs } from './services/rooms/api.ts'
import { expireTransactions } from './services/rooms/jobs/expire-transactions.ts'
import { takeGuestsOut } from './services/rooms/jobs/guests-leave.ts'
import { takeDeactivation, takeProfileChange } from './services/rooms/jobs/identity-changes.ts'
import { type RetentionSettings, removeOldMessages } from './services/rooms/jobs/retention.ts'
import { wireWalletJobs } from './services/wallet/jobs/jobs.ts'
import type { Services } from './services.ts'

const hourMs = 3_600_000
/** How long a hold of money outlives its time, unless the node that looks for such holds dies: then its lease comes on top. */
const expireHoldsMs = 2_000
const checkBooksMs = 5_000
const closeDaysMs = 600_000
/** How often one node looks for payments that another has begun and not ended. */
const dueMs = 1_000

/**
 * Effects against the arrows of the dependency table: what one service enqueued in its transaction, others carry out.
 * A queue has one handler, so what several services do about one thing stands together here.
 */
export function wireJobs(
  { jobs, db, clock, stream }: Platform,
  services: Services,
  retention: RetentionSettings,
): void {
  const { rooms, identity, accountData, toDevice, keys, push, sync, search } = services
  const { ledger, testLedger, checkout } = services

  jobs.handle('identity.profile_changed', (change, { signal }) =>
    takeProfileChange({ rooms, identity, stream }, change, signal),
  )

  jobs.handle('identity.device_deleted', async (payload) => {
    const { userId, deviceIds } = payload as IdentityJobs['identity.device_deleted']
    await toDevice.forgetDevices(userId, deviceIds)
    await keys.forgetDevices(userId, deviceIds)
    await sync.connections.forgetDevices(userId, deviceIds)
    await push.pushers.forgetDevices(userId, deviceIds)
  })

  jobs.handle('identity.account_deactivated', async (payload, { signal }) => {
    const { userId, erase } = payload as IdentityJobs['identity.account_deactivated']
    if (erase) {
      await rooms.erase(userId)
      await accountData.erase(userId)
    }
    await toDevice.forgetUser(userId)
    await keys.forgetUser(userId)
    await push.forgetUser(userId)
    await sync.connections.forgetUser(userId)
    await takeDeactivation({ rooms, stream }, payload, signal)
  })

  jobs.handle('rooms.messages_removed', async (payload) => {
    const { roomId, positions } = payload as RoomsJobs['rooms.messages_removed']
    await search.forget(roomId, positions)
  })
  jobs.repeat('rooms.retention', hourMs, ({ signal }) =>
    removeOldMessages({ db, clock, stream, jobs, rooms }, retention, signal),
  )
  jobs.handle('rooms.guests_leave', (room) => takeGuestsOut({ db, rooms, identity }, room))
  jobs.repeat('ledger.expire_holds', expireHoldsMs, async ({ signal }) => {
    await ledger.expireHolds(signal)
    await testLedger.expireHolds(signal)
  })
  jobs.repeat('ledger.check', checkBooksMs, async ({ signal }) => {
    await ledger.check(signal)
    await testLedger.check(signal)
  })
  jobs.repeat('ledger.close_days', closeDaysMs, async () => {
    await ledger.closeDays()
    await testLedger.closeDays()
  })
  jobs.repeat('checkout.settle_days', closeDaysMs, async () => {
    await checkout.settleDays()
  })
  jobs.repeat('checkout.forget', hourMs, () => checkout.forget())
  jobs.repeat('checkout.due', dueMs, async ({ signal }) => {
    await checkout.takeUpDue(signal)
  })
  wireWalletJobs(jobs, services.wallet)
  jobs.repeat('sync.expire_connections', hourMs, () => sync.connections.expire())
  jobs.repeat('rooms.expire_transactions', hourMs, () => expireTransactions({ db, clock }))
}
