insert into journal_head (id, sequence, hash) values (1, 0, repeat('0', 64)) on conflict do nothing;
