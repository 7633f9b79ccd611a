-- expand

alter table identity.account
  add column administrator boolean not null default false,
  -- Since when the account may not be used, or not to act towards others; null while it may.
  add column locked_at_ms bigint,
  add column suspended_at_ms bigint;
