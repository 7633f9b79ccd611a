-- expand

-- Money from one person to another, on its way or arrived. Distribution key: the reference, which is made of the sender and
-- their id for it; lists for sender and recipient are read through indexes.
create table wallet.remittance (
  reference text primary key,
  sender text not null,
  id text not null,
  digest text not null,
  -- Null while nobody has claimed what was sent to an e-mail address or by link.
  recipient text,
  email text,
  -- SHA-256 of the secret in the link.
  link_hash bytea,
  currency text not null,
  amount bigint not null check (amount > 0),
  note text,
  -- As their names were then: what a repeated request to the ledger says must not change.
  sender_name text not null,
  recipient_name text,
  -- new: nothing is set aside yet. claiming, cancelling: whoever wrote that has the say over what becomes of it.
  state text not null check (state in ('new', 'sent', 'claiming', 'claimed', 'cancelling', 'cancelled', 'returned', 'refused')),
  reason text,
  -- Until then the sender may cancel, and from then on it arrives by itself; null where the recipient has to claim it.
  arrives_at_ms bigint,
  expires_at_ms bigint not null,
  placed_at_ms bigint not null,
  changed_at_ms bigint not null,
  check (num_nonnulls(email, link_hash) = 1 or recipient is not null)
);
create index remittance_sender on wallet.remittance (sender, placed_at_ms, reference);
create index remittance_recipient on wallet.remittance (recipient, placed_at_ms, reference) where recipient is not null;
create index remittance_email on wallet.remittance (email) where state = 'sent' and email is not null;
create unique index remittance_link on wallet.remittance (link_hash) where link_hash is not null;
create index remittance_claiming on wallet.remittance (recipient, currency) where state = 'claiming';

-- Somebody asks others for money: one person, or several who share a bill.
create table wallet.ask (
  asker text not null,
  id text not null,
  digest text not null,
  currency text not null,
  note text,
  withdrawn boolean not null,
  placed_at_ms bigint not null,
  primary key (asker, id)
);
create index ask_placed on wallet.ask (asker, placed_at_ms);
create table wallet.ask_share (
  asker text not null,
  id text not null,
  person text not null,
  amount bigint not null check (amount > 0),
  -- The remittance that pays it, by the person's id for it and by its reference: not written yet, or cancelled since, or returned.
  remittance text,
  reference text,
  primary key (asker, id, person)
);
create index ask_share_person on wallet.ask_share (person, asker, id);
