-- expand

-- The replies in the threads of a room, in the order in which they came: for the list of threads.
create index event_thread_reply on rooms.event (room_id, position) where relation_type = 'm.thread';
