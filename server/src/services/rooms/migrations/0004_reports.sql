-- expand

-- What people have reported to those who run this server. Of an event only the id is kept: a redaction removes content
-- from the database, reported or not.
create table rooms.report (
  report_id text primary key,
  kind text not null check (kind in ('event', 'room', 'person')),
  reporter text not null,
  -- Empty where the kind has no such thing.
  room_id text not null,
  event_id text not null,
  user_id text not null,
  reason text not null,
  reported_at_ms bigint not null,
  resolved_at_ms bigint,
  resolved_by text,
  resolution text
);
-- Who reports the same again while it is open replaces the reason.
create unique index report_open on rooms.report (reporter, kind, room_id, event_id, user_id) where resolved_at_ms is null;
create index report_order on rooms.report (reported_at_ms, report_id);
