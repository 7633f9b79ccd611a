-- expand

-- Sites that an operator has taken out of service. A node of such a site serves nobody until the row is gone, restarts included.
create table platform.drained_site (
  site text primary key,
  since_ms bigint not null
);
