-- expand

-- People whose messages are no longer shown to those who come later. Distribution key: user_id.
create table rooms.erased_person (
  user_id text primary key,
  -- In the shared stream, when it was asked for: who could see a message by then goes on seeing it.
  position bigint not null
);
create index erased_person_position on rooms.erased_person (position);

-- Up to when a room's messages have been removed because they were older than it keeps them. Distribution key: room_id.
create table rooms.purge (
  room_id text primary key,
  before_ms bigint not null,
  -- The room's newest event, which stays whatever its age.
  kept_position bigint not null,
  -- In the shared stream, of the newest removal.
  position bigint not null
);
create index purge_position on rooms.purge (position);
create index state_change_retention on rooms.state_change (room_id) where type = 'm.room.retention';
