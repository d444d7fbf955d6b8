CREATE SEQUENCE "public"."delivery_places" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "is_ordered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "retry" jsonb;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "sender" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "message_type" text DEFAULT '' NOT NULL;--> statement-breakpoint
-- A constant first: with a sequence as its default the whole table would be written anew.
ALTER TABLE "deliveries" ADD COLUMN "place" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "deliveries" ALTER COLUMN "place" SET DEFAULT nextval('delivery_places');--> statement-breakpoint
ALTER TABLE "endpoint_queues" ADD COLUMN "last_line" text[];--> statement-breakpoint
-- What is still to be handed over stands in line as it was taken in; what has arrived needs no place.
UPDATE "deliveries" d SET "sender" = i."sender", "place" = p."place",
  "message_type" = coalesce((SELECT max(upper(m."message_type")) FROM "messages" m WHERE m."delivery_id" = d."id"
    HAVING count(DISTINCT upper(m."message_type")) = 1), '')
FROM (SELECT "id", nextval('delivery_places') AS "place"
  FROM (SELECT "id" FROM "deliveries" WHERE "state" IN ('waiting', 'held', 'dead') ORDER BY "created_at", "id") o) p,
  "interchanges" i
WHERE p."id" = d."id" AND i."id" = d."interchange_id";--> statement-breakpoint
CREATE INDEX "deliveries_line" ON "deliveries" USING btree ("endpoint_id","receiver","sender","message_type","place","id") WHERE "deliveries"."state" in ('waiting', 'held') and "deliveries"."endpoint_id" is not null;
