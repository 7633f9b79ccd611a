-- expand

create schema media;

-- What an mxc:// URI names: reserved first, or uploaded at once. Distribution key: media_id.
create table media.item (
  media_id text primary key,
  user_id text not null,
  created_at_ms bigint not null,
  -- Until when a reservation may be used; null for what was uploaded at once.
  expires_at_ms bigint,
  -- Null while nothing has been uploaded.
  uploaded_at_ms bigint,
  sha256 bytea,
  blob_id text,
  size_bytes bigint,
  content_type text,
  file_name text,
  check ((uploaded_at_ms is null) = (sha256 is null)),
  check ((sha256 is null) = (blob_id is null) and (sha256 is null) = (size_bytes is null)),
  check (uploaded_at_ms is not null or expires_at_ms is not null)
);
-- A person's quota is counted from here, so that no counter can drift from the truth.
create index item_of_user on media.item (user_id) include (size_bytes);
create index item_reserved on media.item (expires_at_ms) where uploaded_at_ms is null;
create index item_content on media.item (sha256);

-- Equal bytes are kept once. Distribution key: sha256.
create table media.content (
  sha256 bytea primary key,
  blob_id text not null,
  size_bytes bigint not null,
  -- When an upload last said that it is about to refer to this row.
  claimed_at_ms bigint not null,
  -- Counts claims, so that an upload can take back its own and nobody else's.
  claims bigint not null default 1,
  -- False until something is known to refer to it; the sweep looks at nothing else.
  settled boolean not null default false
);
create index content_unsettled on media.content (claimed_at_ms) where not settled;
create index content_blob on media.content (blob_id);

-- The bytes, in pieces of media.content's blob. Distribution key: blob_id.
create table media.chunk (
  blob_id text not null,
  number int not null,
  bytes bytea not null,
  primary key (blob_id, number)
);
-- Media is compressed already; trying again would only burn time.
alter table media.chunk alter column bytes set storage external;

-- Blobs that no content is known to own: being written, left behind, or to be removed. Distribution key: blob_id.
create table media.loose_blob (
  blob_id text primary key,
  touched_at_ms bigint not null
);
create index loose_blob_touched on media.loose_blob (touched_at_ms);

-- Thumbnails are contents made from a content. Distribution key: source_sha256.
create table media.thumbnail (
  source_sha256 bytea not null,
  variant text not null,
  sha256 bytea not null,
  blob_id text not null,
  size_bytes bigint not null,
  content_type text not null,
  created_at_ms bigint not null,
  primary key (source_sha256, variant)
);
create index thumbnail_content on media.thumbnail (sha256);
