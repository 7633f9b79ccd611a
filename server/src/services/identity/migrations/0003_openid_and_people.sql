-- expand

-- Tokens with which a person shows to other services who they are; good for nothing else.
create table identity.openid_token (
  user_id text not null,
  token_hash bytea not null,
  expires_at_ms bigint not null,
  primary key (user_id, token_hash)
);
create index openid_token_expiry on identity.openid_token (expires_at_ms);

-- The display name as it is searched: folded by the server.
alter table identity.profile add column search_name text not null default '';
