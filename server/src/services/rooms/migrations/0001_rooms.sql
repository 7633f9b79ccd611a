-- expand

create schema rooms;

-- One row per room: the head that every append locks. Updated by each batch, so room is left for in-place updates,
-- and no changing column is indexed.
create table rooms.room (
  room_id text primary key,
  version text not null,
  creator text not null,
  created_at_ms bigint not null,
  -- Of the newest event; of the newest change of the state (a redaction of current state is one).
  position bigint not null,
  state_position bigint not null check (state_position <= position),
  -- What the next event follows: its prev_events, and a depth that it exceeds by one.
  extremities text[] not null check (cardinality(extremities) between 1 and 20),
  depth bigint not null
) with (fillfactor = 50);

-- Events in the order of their room. `pdu` is text because jsonb cannot hold \u0000, and nothing
-- here asks inside it; of a redacted event it is what redaction leaves.
create table rooms.event (
  room_id text not null,
  position bigint not null,
  event_id text not null,
  type text not null,
  state_key text,
  sender text not null,
  origin_server_ts bigint not null,
  replaces_state text,
  redacts text,
  redacted_by text,
  -- Absent when the relation breaks a rule of its type, and after a redaction of this event.
  relation_type text,
  relation_parent text,
  relation_key text,
  thread_root text,
  session_id text,
  txn_id text,
  -- For events of other servers: kept, and shown to nobody.
  withheld text check (withheld in ('rejected', 'soft_failed')),
  pdu text not null,
  primary key (room_id, position),
  constraint event_id_unique unique (room_id, event_id)
);
-- Followers read what is new in all rooms.
create index event_position on rooms.event (position);
create index event_relation on rooms.event (room_id, relation_parent, relation_type, position)
  where relation_parent is not null;
create index event_timestamp on rooms.event (room_id, origin_server_ts);

-- Which event holds (type, state_key) from `position` on. The event is older than the change when a redaction or,
-- one day, state resolution is what changed the state.
create table rooms.state_change (
  room_id text not null,
  type text not null,
  state_key text not null,
  position bigint not null,
  event_position bigint not null check (event_position <= position),
  primary key (room_id, type, state_key, position)
);
create index state_change_position on rooms.state_change (room_id, position);

-- A person's memberships: derived from the member events of the rooms, in their transaction, and kept under the
-- person because that is how syncs ask for it.
create table rooms.membership (
  user_id text not null,
  room_id text not null,
  membership text not null check (membership in ('invite', 'join', 'knock', 'leave', 'ban')),
  event_id text not null,
  position bigint not null,
  sender text not null,
  -- Stream position at which the person forgot the room; null while they remember it.
  forgotten_position bigint,
  primary key (user_id, room_id)
);
create index membership_room on rooms.membership (room_id, membership);
create index membership_forgotten on rooms.membership (forgotten_position) where forgotten_position is not null;

-- A person's membership events in the order of the stream: what moves rooms between the sections of their syncs.
create table rooms.membership_change (
  user_id text not null,
  position bigint not null,
  room_id text not null,
  primary key (user_id, position)
);

-- What a repeated request gets instead of a second event.
create table rooms.transaction_id (
  room_id text not null,
  session_id text not null,
  scope text not null,
  txn_id text not null,
  event_id text not null,
  position bigint not null,
  expires_at_ms bigint not null,
  primary key (room_id, session_id, scope, txn_id)
);
create index transaction_id_expiry on rooms.transaction_id (expires_at_ms);

-- Distribution key: the alias.
create table rooms.alias (
  alias text primary key,
  room_id text not null,
  creator text not null,
  created_at_ms bigint not null
);
create index alias_room on rooms.alias (room_id);

-- Rooms that the public directory of this server lists.
create table rooms.published_room (
  room_id text primary key,
  published_at_ms bigint not null
);
