-- expand

create schema to_device;

-- What waits for a device until it says that it has it. A person's rows live together: user_id is the distribution key.
create table to_device.message (
  user_id text not null,
  device_id text not null,
  -- From the shared stream: one per request, and a request holds at most one message for a device.
  position bigint not null,
  sender text not null,
  type text not null,
  content json not null,
  primary key (user_id, device_id, position)
);
-- For the reader of the stream, which asks only whose messages are new.
create index message_position on to_device.message (position);

-- Requests that were carried out, so that one whose answer was lost is not carried out again.
create table to_device.transaction (
  user_id text not null,
  session_id text not null,
  type text not null,
  txn_id text not null,
  sent_at_ms bigint not null,
  primary key (user_id, session_id, type, txn_id)
);
create index transaction_sent_at_ms on to_device.transaction (sent_at_ms);
