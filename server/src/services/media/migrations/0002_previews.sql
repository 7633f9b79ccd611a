-- expand

-- What a page on the web is like, as people are shown it under its address. Distribution key: url_sha256.
create table media.url_preview (
  url_sha256 bytea primary key,
  url text not null,
  -- What clients get; null where there is nothing to show, so that nobody tries again at once.
  answer json,
  expires_at_ms bigint not null
);
create index url_preview_expires on media.url_preview (expires_at_ms);

-- Until when the pictures of previews are kept; null for what people uploaded, which is kept for ever.
alter table media.item add column kept_until_ms bigint;
create index item_kept_until on media.item (kept_until_ms) where kept_until_ms is not null;
