-- expand

-- When people let a last site write alone: which one, when, who decided, and how far its WAL was.
create table platform.site_epoch (
  epoch integer primary key check (epoch > 1),
  site text not null,
  began_ms bigint not null,
  began_by text not null,
  wal_position text
);
