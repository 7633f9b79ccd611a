-- expand

-- One-time codes that people show at a counter. Distribution key: the SHA-256 of the code's secret, which is all that a till has.
create table wallet.code (
  secret_hash bytea primary key,
  user_id text not null,
  currency text not null,
  shown_at_ms bigint not null,
  expires_at_ms bigint not null,
  -- The one request that it was used for, the digest of its body, and what the person will read about it.
  redeemed_by text,
  digest text,
  title text
);
create index code_expiry on wallet.code (expires_at_ms);
