create function add_search_words() returns trigger language plpgsql as $$
begin
  insert into search_words (word)
  select distinct word from added, regexp_split_to_table(added.search_text, ' ') as word
  where word <> '' order by word
  on conflict do nothing;
  return null;
end
$$;
--> statement-breakpoint
create trigger organisation_versions_search_words after insert on organisation_versions
referencing new table as added for each statement execute function add_search_words();
