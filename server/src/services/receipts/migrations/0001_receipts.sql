-- expand

create schema receipts;

-- How far each person has read in a room, per kind of receipt and thread. Distribution key: room_id.
create table receipts.receipt (
  room_id text not null,
  user_id text not null,
  type text not null check (type in ('m.read', 'm.read.private')),
  -- Empty: unthreaded. Else 'main' or the event id of a thread's root.
  thread_id text not null,
  event_id text not null,
  -- Of the event that was read: a receipt only ever moves to a higher one.
  event_position bigint not null,
  at_ms bigint not null,
  -- Of the receipt itself in the stream.
  position bigint not null,
  primary key (room_id, user_id, type, thread_id)
) with (fillfactor = 70);
create index receipt_position on receipts.receipt (position);
create index receipt_room_position on receipts.receipt (room_id, position);
