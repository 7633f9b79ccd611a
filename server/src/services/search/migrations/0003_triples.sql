-- expand

-- Texts are indexed under triples of characters as well, so everything is indexed anew. Nodes of the version before go on
-- with the tables that they know.
create table search.entry (
  room_id text not null,
  position bigint not null,
  event_id text not null,
  grams int[] not null,
  primary key (room_id, position)
);
create index entry_event on search.entry (room_id, event_id);
create index entry_grams on search.entry using gin (grams) with (fastupdate = off);

-- Rooms of which nothing is indexed, because they are encrypted: a room does not stop being so.
create table search.encrypted_room (room_id text primary key);

-- Up to where the stream of events has been indexed.
create table search.entry_progress (
  id boolean primary key default true check (id),
  position bigint not null
);
insert into search.entry_progress (position) values (0);
