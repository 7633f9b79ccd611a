-- expand

create schema ledger;

-- Every table belongs to a book: accounts that can pay one another in one transaction. docs/decisions names why.

-- What an account is and, as a projection of its postings and holds, what stands on it.
create table ledger.account (
  book smallint not null,
  id text not null,
  kind text not null check (kind in ('asset', 'liability', 'equity', 'income', 'expense')),
  currency text not null,
  owner text not null,
  balance bigint not null,
  -- Reserved by open holds.
  held bigint not null check (held >= 0),
  -- The balance without what is held never falls below it; null for accounts that may owe without limit.
  floor bigint,
  frozen text not null check (frozen in ('no', 'outgoing', 'all')),
  closed boolean not null,
  opened_at_ms bigint not null,
  -- The time of its newest entry. Entries of an account never go back in time, whatever the nodes' clocks say.
  moved_at_ms bigint not null,
  primary key (book, id),
  constraint account_keeps_its_floor check (balance - held >= floor),
  constraint account_closes_empty check (not closed or (balance = 0 and held = 0))
) with (fillfactor = 70);
create index account_owner on ledger.account (book, owner, id);

-- The journal: every step of every request that was carried out. A position is the number of the batch, that is of the
-- commit, times 8192, plus the line in the batch.
create sequence ledger.batch_number;
create table ledger.entry (
  book smallint not null,
  position bigint not null,
  scope text not null,
  id text not null,
  step smallint not null,
  steps smallint not null,
  kind text not null,
  account text,
  payer text,
  payee text,
  currency text,
  amount bigint check (amount > 0),
  hold text,
  -- What an account was opened with or changed to; when a hold expires.
  detail text,
  reference text,
  metadata text,
  -- SHA-256 of the whole request, by which a repetition is told from another request under the same id.
  request_digest text not null,
  at_ms bigint not null,
  primary key (book, position),
  constraint entry_request unique (book, scope, id, step)
);
create index entry_hold on ledger.entry (book, scope, hold) where hold is not null;
create index entry_reference on ledger.entry (book, scope, reference, position) where reference is not null;

-- Two for each entry that moves money. The balance is the one after it. No foreign keys: the writer holds the accounts' locks.
create table ledger.posting (
  book smallint not null,
  account text not null,
  at_ms bigint not null,
  position bigint not null,
  amount bigint not null check (amount <> 0),
  balance bigint not null,
  primary key (book, account, at_ms, position)
);

-- The state of each hold, a projection of its entries.
create table ledger.hold (
  book smallint not null,
  scope text not null,
  id text not null,
  payer text not null,
  payee text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  captured bigint not null check (captured >= 0),
  released bigint not null check (released >= 0),
  placed_at_ms bigint not null,
  expires_at_ms bigint,
  primary key (book, scope, id),
  constraint hold_gives_no_more_than_it_has check (captured + released <= amount)
) with (fillfactor = 70);
create index hold_open on ledger.hold (book, payer) where captured + released < amount;
create index hold_due on ledger.hold (book, expires_at_ms) where captured + released < amount;

-- One row for each commit, with the digest of its entries, and the queue of those that no block holds yet.
create table ledger.batch (
  book smallint not null,
  number bigint not null,
  entries int not null,
  digest text not null,
  -- Per currency: the count and the sum of what was moved.
  totals json not null,
  primary key (book, number)
);
create table ledger.unsealed_batch (
  book smallint not null,
  number bigint not null,
  primary key (book, number)
);

-- The hash chain: each block names its batches and the hash of the block before.
create table ledger.block (
  book smallint not null,
  number bigint not null,
  batches bigint[] not null,
  entries int not null,
  totals json not null,
  previous_hash text not null,
  hash text not null,
  sealed_at_ms bigint not null,
  primary key (book, number)
);

-- Blocks of a day, summed up and signed.
create table ledger.day (
  book smallint not null,
  day text not null,
  last_block bigint not null,
  sheet json not null,
  primary key (book, day)
);

-- What a check has found wrong. While one is open, nothing is written to the book.
create table ledger.finding (
  book smallint not null,
  number bigint generated always as identity,
  text text not null,
  state text not null check (state in ('open', 'accepted', 'repaired')),
  found_at_ms bigint not null,
  settled_at_ms bigint,
  settled_because text,
  primary key (book, number)
);
create unique index finding_once on ledger.finding (book, md5(text)) where state <> 'repaired';
create index finding_open on ledger.finding (book) where state = 'open';

-- How far the continuous check has come: new blocks, and the round over old blocks and all accounts.
create table ledger.check_progress (
  book smallint primary key,
  checked_block bigint not null,
  round_block bigint not null,
  round_account text not null,
  rounds bigint not null,
  checked_at_ms bigint not null
);

-- What happened stays as it was written, for the application's role and for anybody who forgets that.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is only ever added to', tg_table_name using errcode = 'insufficient_privilege';
end $$;

do $$
declare
  name text;
begin
  foreach name in array array['entry', 'posting', 'batch', 'block', 'day'] loop
    execute format('create trigger only_added before update or delete or truncate on ledger.%I
      for each statement execute function ledger.refuse_change()', name);
    execute format('revoke update, delete, truncate on ledger.%I from current_user', name);
  end loop;
end $$;
