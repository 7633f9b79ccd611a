-- expand

-- Where a person's notifications are sent, and how far they have been. Distribution key: user_id.
create table push.pusher (
  user_id text not null,
  app_id text not null,
  pushkey text not null,
  -- Of the session that made it: it goes when the session ends.
  device_id text not null,
  kind text not null check (kind in ('http')),
  app_display_name text not null,
  device_display_name text not null,
  profile_tag text,
  lang text not null,
  -- As the client gave it, with the url.
  data json not null,
  -- Origin of the url: what limits how many are called at once.
  gateway text not null,
  set_at_ms bigint not null,
  -- What happened in the stream up to here has been sent, or was nothing to be sent.
  delivered bigint not null,
  -- Up to where something may have happened that concerns the person; due while it is above delivered.
  wanted bigint not null,
  -- The count of unread messages that the far side knows.
  badge int not null default 0,
  -- Null when there is nothing to do.
  due_at_ms bigint,
  attempts int not null default 0,
  -- Counts leases, as platform.job does.
  fence bigint not null default 0,
  leased_until_ms bigint not null default 0,
  last_error text,
  primary key (user_id, app_id, pushkey)
) with (fillfactor = 70);
create index pusher_due on push.pusher (due_at_ms) where due_at_ms is not null;
-- One device may be used by several people, one after the other.
create index pusher_pushkey on push.pusher (app_id, pushkey);

-- Up to where the stream of events and receipts has been looked through for pushers that it concerns.
create table push.progress (
  id boolean primary key default true check (id),
  position bigint not null
);
insert into push.progress (position) values (0);
