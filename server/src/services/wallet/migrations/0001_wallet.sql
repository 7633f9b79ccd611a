-- expand
create schema wallet;

-- A person's wallet in one currency: the money itself lies in the ledger's account of that name, which exists when this row does.
create table wallet.purse (
  user_id text not null,
  currency text not null,
  account text not null,
  -- By the person: nothing new is paid. What was set aside before is still captured.
  frozen boolean not null,
  -- What the person allows below what the operator does; null where that is not less.
  transaction_max bigint check (transaction_max > 0),
  day_max bigint check (day_max > 0),
  -- How much was spent on this day. A day is a date in the time zone of the settings.
  spent_day text not null,
  spent bigint not null check (spent >= 0),
  opened_at_ms bigint not null,
  primary key (user_id, currency)
) with (fillfactor = 70);

-- What counts for a day: written before the ledger is asked, and taken back if the ledger refuses.
create table wallet.spending (
  user_id text not null,
  -- The client's name for the request.
  id text not null,
  digest text not null,
  currency text not null,
  amount bigint not null check (amount > 0),
  day text not null,
  -- Requests under this id that the ledger did not refuse, or has not answered yet. It counts while there is one.
  asking int not null,
  primary key (user_id, id)
);
create index spending_day on wallet.spending (day);
