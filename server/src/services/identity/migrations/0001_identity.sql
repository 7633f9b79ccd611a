-- expand
create schema identity;

create table identity.account (
  user_id text primary key,
  kind text not null check (kind in ('user', 'guest')),
  -- PHC string of argon2id; null for guests and deactivated accounts.
  password_hash text,
  created_at_ms bigint not null,
  -- The row of a deactivated account stays, so that its user id is never given to somebody else.
  deactivated_at_ms bigint,
  erase boolean not null default false
);

create table identity.device (
  user_id text not null,
  device_id text not null,
  -- Names this life of the device: a device deleted and made again under its old id gets another one.
  session_id text not null,
  display_name text,
  created_at_ms bigint not null,
  last_seen_at_ms bigint,
  last_seen_ip text,
  primary key (user_id, device_id)
);

-- An access token and the refresh token given with it, as SHA-256 hashes.
create table identity.token_pair (
  user_id text not null,
  access_hash bytea not null,
  refresh_hash bytea,
  device_id text not null,
  created_at_ms bigint not null,
  access_expires_at_ms bigint,
  -- The pair whose refresh token gave this one; null once this pair has been used.
  replaces_access_hash bytea,
  -- Set when the pair that replaced this one was used.
  refresh_revoked_at_ms bigint,
  primary key (user_id, access_hash)
);
create unique index token_pair_refresh on identity.token_pair (user_id, refresh_hash);
create index token_pair_device on identity.token_pair (user_id, device_id);
create index token_pair_expiry on identity.token_pair (access_expires_at_ms) where refresh_revoked_at_ms is not null;

-- Tells every node, through the stream, whose sessions to forget.
create table identity.session_end (
  user_id text not null,
  position bigint not null,
  at_ms bigint not null,
  primary key (user_id, position)
);
create index session_end_position on identity.session_end (position);

create table identity.profile (
  user_id text primary key,
  fields json not null
);

create table identity.login_token (
  user_id text not null,
  token_hash bytea not null,
  expires_at_ms bigint not null,
  primary key (user_id, token_hash)
);

create table identity.interactive_session (
  -- SHA-256 of the session id, which only the client knows.
  session_hash bytea primary key,
  -- HMAC of the operation keyed with the session id, so that bodies with passwords leave nothing to guess at.
  operation_mac bytea not null,
  -- Whose operation it is; null until a stage has shown it.
  user_id text,
  completed text[] not null default '{}',
  expires_at_ms bigint not null,
  -- The name that this session registers, to answer a repeated request with the same account.
  registering_user_id text
);
create index interactive_session_expiry on identity.interactive_session (expires_at_ms);

create table identity.registration_token (
  token text primary key,
  uses_allowed int,
  expires_at_ms bigint,
  created_at_ms bigint not null
);

-- A use is reserved when the token passes its stage and completed just before the account is made.
create table identity.registration_token_use (
  token text not null references identity.registration_token on delete cascade,
  session_hash bytea not null,
  reserved_until_ms bigint not null,
  completed_at_ms bigint,
  primary key (token, session_hash)
);
create index registration_token_use_session on identity.registration_token_use (session_hash);

-- The ed25519 keys with which this server signs events; the newest is in use.
create table identity.signing_key (
  version text primary key,
  seed bytea not null check (length(seed) = 32),
  created_at_ms bigint not null
);
