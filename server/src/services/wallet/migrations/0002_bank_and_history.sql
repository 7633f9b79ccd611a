-- expand

-- What the person owes because the bank took back what they had paid in and spent. While it is above zero nothing new is paid.
alter table wallet.purse add column debt bigint not null default 0 check (debt >= 0);
create index purse_debt on wallet.purse (user_id, currency) where debt > 0;

-- Money on its way between a person's bank account and their wallet. Distribution key: the reference, which is made of
-- the person and their id for the order, and which the bank gives back.
create table wallet.bank_order (
  reference text primary key,
  user_id text not null,
  id text not null,
  direction text not null check (direction in ('in', 'out')),
  currency text not null,
  amount bigint not null check (amount > 0),
  bank_account text not null,
  -- new: not judged yet. accepted: the bank does not have it yet. returned: taken back by the bank after it was settled.
  state text not null check (state in ('new', 'accepted', 'submitted', 'settled', 'rejected', 'returned')),
  reason text,
  placed_at_ms bigint not null,
  changed_at_ms bigint not null
);
create index bank_order_person on wallet.bank_order (user_id, placed_at_ms, reference);
create index bank_order_under_way on wallet.bank_order (user_id, currency) where direction = 'in' and state in ('new', 'accepted', 'submitted');

-- How far this deployment has read what the bank reports.
create table wallet.bank_progress (
  rail text primary key,
  after bigint not null
);

-- The simulated bank's own books: its orders, and what it reports. Nothing else reads them.
create table wallet.simulated_order (
  reference text primary key,
  direction text not null,
  currency text not null,
  amount bigint not null,
  bank_account text not null,
  taken_at_ms bigint not null
);
create table wallet.simulated_report (
  reference text not null,
  step smallint not null,
  outcome text not null,
  reason text,
  due_at_ms bigint not null,
  -- Its place in what is reported; null until it is due.
  number bigint,
  primary key (reference, step)
);
create index simulated_report_due on wallet.simulated_report (due_at_ms, reference, step) where number is null;
create unique index simulated_report_number on wallet.simulated_report (number);

-- The ledger's statement of a wallet, in a form that can be searched. It is read on whenever somebody looks.
create table wallet.activity (
  user_id text not null,
  currency text not null,
  -- Of the ledger's entry.
  position bigint not null,
  at_ms bigint not null,
  -- Such as 2026-11, in the time zone of the settings.
  month text not null,
  -- Above zero for what came in.
  amount bigint not null,
  balance bigint not null,
  kind text not null,
  title text not null,
  note text,
  person text,
  -- What names the whole request in the ledger.
  request text not null,
  -- Title, note and person, folded.
  search text not null,
  primary key (user_id, currency, position)
);
create index activity_month on wallet.activity (user_id, currency, month);
