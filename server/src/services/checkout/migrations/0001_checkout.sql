-- expand

create schema checkout;

-- A shop, owned by a person of this server.
create table checkout.merchant (
  id text primary key,
  owner text not null,
  name text not null,
  payouts text not null check (payouts in ('manual', 'daily')),
  created_ms bigint not null
);
create index merchant_owner on checkout.merchant (owner, id);

-- Keys are looked up by what is sent, of which only the SHA-256 is kept.
create table checkout.api_key (
  hash text primary key,
  id text not null unique,
  merchant text not null,
  kind text not null check (kind in ('secret', 'publishable')),
  live boolean not null,
  hint text not null,
  created_ms bigint not null,
  -- From here on it opens nothing.
  ends_ms bigint
);
create index api_key_merchant on checkout.api_key (merchant, created_ms);

-- Everything else belongs to one side of a shop: acct_x.test or acct_x.live. That is the distribution key.

create sequence checkout.number;

-- What a shop works with: customers, payment intents, charges, refunds, sessions, payouts ...
create table checkout.document (
  shop text not null,
  id text not null,
  kind text not null,
  number bigint not null default nextval('checkout.number'),
  created_ms bigint not null,
  -- The payment intent that it belongs to.
  intent text,
  customer text,
  -- When a job has to look at it: a step with money that was begun, a session that runs out.
  due_at_ms bigint,
  body jsonb not null,
  primary key (shop, id),
  -- The books are kept by the ledger. These keep us from believing something else.
  constraint intent_amounts check (kind <> 'payment_intent' or (
    (body->>'amount')::bigint > 0
    and (body->>'capturable')::bigint between 0 and (body->>'amount')::bigint
    and (body->>'received')::bigint between 0 and (body->>'amount')::bigint)),
  constraint charge_amounts check (kind <> 'charge' or (
    (body->>'captured')::bigint between 0 and (body->>'amount')::bigint
    and (body->>'refunded')::bigint between 0 and (body->>'captured')::bigint))
) with (fillfactor = 80);
create unique index document_list on checkout.document (shop, kind, number);
create index document_intent on checkout.document (shop, intent, kind, number) where intent is not null;
create index document_customer on checkout.document (shop, customer, kind, number) where customer is not null;
create index document_day on checkout.document (created_ms) where kind = 'balance_transaction';
create index document_due on checkout.document (due_at_ms) where due_at_ms is not null;

-- What happened, as it is told to the shop: byte for byte the same each time.
create table checkout.event (
  shop text not null,
  id text not null,
  number bigint not null default nextval('checkout.number'),
  type text not null,
  created_ms bigint not null,
  body text not null,
  primary key (shop, id)
);
create unique index event_list on checkout.event (shop, number);
create index event_type on checkout.event (shop, type, number);

-- Events that an endpoint has to be told: one after the other for each object that they are about.
create table checkout.delivery (
  shop text not null,
  endpoint text not null,
  object text not null,
  number bigint not null,
  event text not null,
  attempts int not null default 0,
  state text not null default 'open' check (state in ('open', 'delivered', 'given_up')),
  -- What came of the last attempt.
  outcome text,
  attempted_ms bigint,
  primary key (shop, endpoint, object, number)
);
create index delivery_open on checkout.delivery (shop, endpoint, object, number) where state = 'open';
create index delivery_event on checkout.delivery (shop, event);

-- Requests with an Idempotency-Key, with what they were answered.
create table checkout.request (
  shop text not null,
  key text not null,
  digest text not null,
  created_ms bigint not null,
  status int,
  answer text,
  primary key (shop, key)
);
create index request_created on checkout.request (created_ms);

-- What a shop took in a day.
create table checkout.settlement (
  shop text not null,
  day text not null,
  currency text not null,
  body jsonb not null,
  primary key (shop, day, currency)
);

-- People who signed in at a page of this node in order to pay.
create table checkout.visit (
  hash text primary key,
  user_id text not null,
  ends_ms bigint not null
);
create index visit_ends on checkout.visit (ends_ms);
