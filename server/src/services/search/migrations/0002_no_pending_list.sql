-- expand

-- Every search would have to read through the list of pending entries, while nobody waits for the writer.
alter index search.document_grams set (fastupdate = off);
