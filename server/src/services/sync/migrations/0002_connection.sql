-- expand

-- What sliding syncs have told their clients so far, room by room: one row for each state that a client may still come
-- back to. `rooms` of a whole row is complete; of another it is what has changed since the whole row that `base` names.
create table sync.connection (
  user_id text not null,
  -- Empty for a session without a device.
  device_id text not null,
  -- The name that the client gives the connection; empty when it gives none.
  conn_id text not null,
  number bigint not null,
  -- The state that the client came with; 0 for a connection's first.
  parent bigint not null,
  base bigint not null,
  -- The same in all states of one connection.
  root bigint not null,
  rooms text not null,
  -- Everything else of the state.
  rest text not null,
  used_at_ms bigint not null,
  primary key (user_id, device_id, conn_id, number)
);
create index connection_use on sync.connection (used_at_ms);
