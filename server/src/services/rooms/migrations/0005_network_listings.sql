-- expand

-- Rooms that application services list in the directories of their networks. What is shown of them stands in
-- rooms.published_room, where a room that is listed here alone is not `listed`.
create table rooms.network_listing (
  room_id text not null,
  -- See protocol instances: https://spec.matrix.org/v1.19/client-server-api/#third-party-networks
  instance_id text not null,
  primary key (room_id, instance_id)
);
create index network_listing_instance on rooms.network_listing (instance_id);

-- A node of the version before shows such a room to everybody while the nodes are upgraded: connect bridges thereafter.
alter table rooms.published_room add column listed boolean not null default true;
