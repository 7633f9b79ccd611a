-- expand

-- Addresses that people have shown to be theirs. Distribution key: the address.
create table identity.email_address (
  address text primary key,
  user_id text not null,
  validated_at_ms bigint not null,
  added_at_ms bigint not null
);
create index email_address_user on identity.email_address (user_id);

-- Somebody is asked, by mail, to show that an address is theirs.
create table identity.email_validation (
  address text not null,
  -- SHA-256 of the secret that the client has chosen, and of the token in the newest mail.
  client_secret_hash bytea not null,
  purpose text not null check (purpose in ('register', 'password', 'add')),
  session_id text not null unique,
  token_hash bytea,
  send_attempt bigint not null,
  next_link text,
  validated_at_ms bigint,
  expires_at_ms bigint not null,
  primary key (address, client_secret_hash, purpose)
);
create index email_validation_expiry on identity.email_validation (expires_at_ms);

-- The address that a registration has shown.
alter table identity.interactive_session add column email text;
