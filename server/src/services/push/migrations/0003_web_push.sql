-- expand

alter table push.pusher drop constraint pusher_kind_check;
alter table push.pusher add constraint pusher_kind_check
  check (kind in ('http', 'webpush', 'org.matrix.msc4174.webpush'));
-- A pusher of Web Push gets nothing but its ack_token until the client has sent that back.
alter table push.pusher add column activated boolean not null default true;
alter table push.pusher add column ack_token text;
alter table push.pusher add column ack_expires_at_ms bigint;

-- The key by which push services know this server, of all its nodes. https://www.rfc-editor.org/rfc/rfc8292
create table push.vapid_key (
  id boolean primary key default true check (id),
  private_key bytea not null,
  created_at_ms bigint not null
);
