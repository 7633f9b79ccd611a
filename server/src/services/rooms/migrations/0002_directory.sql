-- expand

-- An alias is kept for a room while that is being created: without a room id, until this time.
alter table rooms.alias alter column room_id drop not null;
alter table rooms.alias add column reserved_until_ms bigint;
alter table rooms.alias add constraint alias_leads_or_is_reserved check ((room_id is null) <> (reserved_until_ms is null));

-- What the directory shows of a room, as of `summary_position` of its state; brought up to date when it is read.
alter table rooms.published_room
  add column summary_position bigint not null default -1,
  add column joined_members integer not null default 0,
  add column room_type text,
  add column summary text not null default '{}',
  -- Name, topic and aliases in lower case.
  add column search_text text not null default '';
create index published_room_order on rooms.published_room (joined_members desc, room_id);
