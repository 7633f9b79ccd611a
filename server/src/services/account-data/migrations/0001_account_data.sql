-- expand
create schema account_data;

-- What a person's clients keep for each other. An empty room id: for the whole account.
create table account_data.entry (
  user_id text not null,
  room_id text not null,
  type text not null,
  content json not null,
  -- Of the last write, in the stream.
  position bigint not null,
  primary key (user_id, room_id, type)
);
create index entry_position on account_data.entry (position);
create index entry_user_position on account_data.entry (user_id, position);
