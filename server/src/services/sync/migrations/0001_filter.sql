-- expand

create schema sync;

-- Filters that people have stored. A filter's id is derived from what it says, so storing one twice keeps one row.
create table sync.filter (
  user_id text not null,
  filter_id text not null,
  definition json not null,
  primary key (user_id, filter_id)
);
