import { randomUUID } from 'node:crypto'
import type { createSeeder, Seeded } from './seed.ts'

type Seed = ReturnType<typeof createSeeder>
type Friends = Record<'mina' | 'jun' | 'budi' | 'linh' | 'grace', Seeded>

/** Money among the friends, as it comes and goes in a week. */
export async function fillPurses(seed: Seed, friends: Friends): Promise<void> {
  const { mina, jun, budi, linh, grace } = friends
  await topUp(seed, mina, 300_000)
  for (const friend of [grace, budi]) await topUp(seed, friend, 80_000)
  await pay(seed, mina, jun, 12_000, '점심')
  await pay(seed, grace, mina, 18_500, 'Books')
  await pay(seed, mina, budi, 23_400, 'Train tickets')
  await pay(seed, mina, linh, 9_000, 'Cà phê')
  await pay(seed, budi, mina, 6_000, 'Rain coat')
}

async function topUp(seed: Seed, person: Seeded, amount: number): Promise<void> {
  const body = { direction: 'in', currency: 'KRW', amount: String(amount), bank_account: '088-110-432177' }
  await seed.request('PUT', `api/wallet/v1/bank-orders/${randomUUID()}`, person, body)
  await arrived(seed, person, (balance) => balance >= BigInt(amount))
}

/** Resolves when the other has it. */
async function pay(seed: Seed, from: Seeded, to: Seeded, amount: number, note: string): Promise<void> {
  const before = await balanceOf(seed, to)
  const body = { to: { user_id: to.userId }, currency: 'KRW', amount: String(amount), note }
  await seed.request('PUT', `api/wallet/v1/remittances/${randomUUID()}`, from, body)
  await arrived(seed, to, (balance) => balance > before)
}

async function arrived(seed: Seed, person: Seeded, is: (balance: bigint) => boolean): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if (is(await balanceOf(seed, person))) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('money did not arrive')
}

async function balanceOf(seed: Seed, person: Seeded): Promise<bigint> {
  const { wallets } = await seed.request<{ wallets: { balance: string }[] }>(
    'GET',
    'api/wallet/v1/wallets',
    person,
  )
  return BigInt(wallets[0]?.balance ?? 0)
}
