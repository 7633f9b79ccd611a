-- expand

create schema application_services;

-- How far each application service has been told of what happens.
create table application_services.delivery (
  service_id text primary key,
  -- Begins the ids of its transactions, so that those of another database never look like repetitions.
  salt text not null,
  -- Of the last transaction.
  number bigint not null default 0,
  -- The last transaction as it is sent, until the service has confirmed it.
  body text,
  -- What lies at or below it in the stream has been put into transactions, or concerned the service not.
  position bigint not null,
  -- Rises with each node that takes the sending over: the one before can change nothing any more.
  fence bigint not null default 0
);
