-- expand

-- Keys of phones that show codes without being connected. Distribution key: the key's id, which is all that a till has.
create table wallet.offline_key (
  id text primary key,
  user_id text not null,
  currency text not null,
  public_key bytea not null,
  -- The phone was connected then; what it has paid since, and until when it may.
  renewed_at_ms bigint not null,
  ends_at_ms bigint not null,
  spent bigint not null check (spent >= 0)
);
create index offline_key_person on wallet.offline_key (user_id, renewed_at_ms);
