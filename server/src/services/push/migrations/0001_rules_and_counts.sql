-- expand
create schema push;

-- What a person has changed about the predefined push rules; no row for those who changed nothing.
create table push.ruleset (
  user_id text primary key,
  changes json not null,
  -- Of the last change, in the shared stream.
  position bigint not null
);
create index ruleset_position on push.ruleset (position);

-- How far the unread counts of a person in a room have been computed, and what was unread then. A checkpoint: events
-- and receipts after up_to are counted on top of it, so that a row may be old but never wrong.
create table push.unread (
  user_id text not null,
  room_id text not null,
  up_to bigint not null,
  -- Position of the join with which the present stay in the room began.
  since bigint not null,
  -- Null when nothing was unread.
  unread json,
  primary key (user_id, room_id)
) with (fillfactor = 70);
