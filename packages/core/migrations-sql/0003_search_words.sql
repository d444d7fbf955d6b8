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
--> statement-breakpoint
create function set_level() returns trigger language plpgsql as $$
begin
  select level into strict new.level from organisations where sor_id = new.sor_id;
  return new;
end
$$;
--> statement-breakpoint
create trigger organisation_versions_level before insert on organisation_versions
for each row execute function set_level();
