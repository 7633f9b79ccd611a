-- expand

-- The head of each partition of the sync stream. Updating the row gives positions and holds its lock until
-- the transaction ends, so that positions become visible in the order in which they were given.
create table platform.stream_head (
  partition int primary key,
  position bigint not null
) with (fillfactor = 10);
insert into platform.stream_head values (0, 0);

-- The last position written under each topic, so that a reader asks only the tables that changed.
create table platform.stream_topic (
  partition int not null,
  topic text not null,
  position bigint not null,
  primary key (partition, topic)
) with (fillfactor = 10);

-- Work to be done after the transaction that asked for it: the outbox.
create table platform.job (
  queue text not null,
  id text not null,
  payload json not null,
  due_at_ms bigint not null,
  attempts int not null default 0,
  -- Counts leases; a worker whose fence is no longer the row's has lost the job and may not finish it.
  fence bigint not null default 0,
  leased_until_ms bigint not null default 0,
  last_error text,
  failed_at_ms bigint,
  primary key (queue, id)
);
create index job_due on platform.job (due_at_ms) where failed_at_ms is null;
