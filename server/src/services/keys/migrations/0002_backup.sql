-- expand

-- Versions of a person's key backup. A deleted one stays as a row, so that its number is not given again.
create table keys.backup (
  user_id text not null,
  version bigint not null,
  algorithm text not null,
  auth_data json not null,
  -- Rises whenever the stored keys change; its lock orders the writers of one version.
  etag bigint not null default 0,
  key_count bigint not null default 0,
  deleted boolean not null default false,
  primary key (user_id, version)
);

create table keys.backup_key (
  user_id text not null,
  version bigint not null,
  room_id text not null,
  session_id text not null,
  first_message_index bigint not null,
  forwarded_count bigint not null,
  is_verified boolean not null,
  session_data json not null,
  primary key (user_id, version, room_id, session_id)
);
