-- expand

create schema search;

-- Under which hashes of character pairs an event can be found.
create table search.document (
  room_id text not null,
  position bigint not null,
  event_id text not null,
  grams int[] not null,
  primary key (room_id, position)
);
create index document_event on search.document (room_id, event_id);
create index document_grams on search.document using gin (grams);

-- Up to where the stream of events has been indexed.
create table search.progress (
  id boolean primary key default true check (id),
  position bigint not null
);
insert into search.progress (position) values (0);
