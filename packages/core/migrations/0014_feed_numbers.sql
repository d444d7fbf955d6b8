CREATE TABLE "feed_entries" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	CONSTRAINT "feed_entries_event" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "feed_epochs" (
	"epoch" bigint PRIMARY KEY NOT NULL,
	"began_after" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed_head" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"sequence" bigint NOT NULL,
	"server" text NOT NULL,
	"written_by" "xid8" NOT NULL,
	CONSTRAINT "feed_head_single" CHECK ("feed_head"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "feed_pending" (
	"first_id" bigint PRIMARY KEY NOT NULL,
	"event_ids" bigint[] NOT NULL,
	"noted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- From here on no event is inserted until this migration is committed, so none is left out.
CREATE FUNCTION note_feed_events() RETURNS trigger LANGUAGE plpgsql AS $$
begin
  insert into feed_pending (first_id, event_ids, noted_at)
    select min(id), array_agg(id order by id), clock_timestamp() from added having count(*) > 0;
  return null;
end
$$;
--> statement-breakpoint
CREATE TRIGGER message_events_noted AFTER INSERT ON message_events
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_feed_events();
--> statement-breakpoint
-- In the order in which they were read so far: an offset given before names the event that it was given for.
INSERT INTO feed_entries (sequence, event_id) SELECT row_number() OVER (ORDER BY xid, id), id FROM message_events;
--> statement-breakpoint
INSERT INTO feed_epochs (epoch, began_after)
VALUES (floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint * 1024 + floor(random() * 1024)::bigint, 0);
--> statement-breakpoint
INSERT INTO feed_head (sequence, server, written_by)
SELECT coalesce(max(sequence), 0), '', pg_current_xact_id() FROM feed_entries;
--> statement-breakpoint
DROP INDEX "message_events_order";