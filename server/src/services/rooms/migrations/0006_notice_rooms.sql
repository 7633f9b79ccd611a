-- expand

-- The one room in which the server itself speaks to a person. Distribution key: user_id.
create table rooms.notice_room (
  user_id text primary key,
  room_id text not null,
  created_at_ms bigint not null
);
