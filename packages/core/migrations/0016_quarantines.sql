ALTER TABLE "delivery_attempts" ADD COLUMN "endpoint_id" uuid;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
-- Of a delivery that has moved nobody knows which endpoint gave which answer: those answers are shown to nobody.
UPDATE "delivery_attempts" a SET "endpoint_id" = d."endpoint_id" FROM "deliveries" d
WHERE d."id" = a."delivery_id" AND a."response_excerpt" IS NOT NULL AND NOT EXISTS (
  SELECT FROM "messages" m JOIN "message_events" e ON e."message_id" = m."id"
  WHERE m."delivery_id" = d."id" AND e."event" = 'rerouted');--> statement-breakpoint
ALTER TABLE "quarantines" DROP CONSTRAINT "quarantines_pkey";--> statement-breakpoint
ALTER TABLE "quarantines" DROP CONSTRAINT "quarantines_delivery_id_deliveries_id_fk";--> statement-breakpoint
ALTER TABLE "quarantines" ALTER COLUMN "delivery_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "quarantines" ADD COLUMN "message_id" uuid;--> statement-breakpoint
ALTER TABLE "quarantines" ADD COLUMN "held_by" text;--> statement-breakpoint
UPDATE "quarantines" q SET "message_id" = m."id" FROM "messages" m WHERE m."delivery_id" = q."delivery_id" AND m."state" = 'held';--> statement-breakpoint
DELETE FROM "quarantines" WHERE "message_id" IS NULL;--> statement-breakpoint
-- Letters that were withdrawn while two were needed to release them are held back when they are sent again.
INSERT INTO "quarantines" ("message_id", "held_at", "takes_two")
SELECT m."id", last."at", true FROM "messages" m CROSS JOIN LATERAL (
  SELECT e."event", e."at", e."detail" FROM "message_events" e
  WHERE e."message_id" = m."id" AND e."event" IN ('held', 'released') ORDER BY e."id" DESC LIMIT 1) last
WHERE m."state" = 'cancelled' AND last."event" = 'held' AND last."detail"->>'takesTwo' = 'true';--> statement-breakpoint
UPDATE "quarantines" q SET "held_by" = coalesce((
  SELECT CASE WHEN j."supplier_id" = m."sender_supplier_id"::text THEN 'sender' ELSE 'receiver' END
  FROM "journal_entries" j JOIN "messages" m ON m."id" = q."message_id"
  WHERE j."subject_type" = 'message' AND j."subject_id" = q."message_id"::text
    AND j."outcome" = 'done' AND j."after"->>'reason' = 'quarantine'
  ORDER BY j."sequence" DESC LIMIT 1), 'sender');--> statement-breakpoint
-- Keys count no more as one of the two.
ALTER TABLE "quarantines" ALTER COLUMN "release_asked_by" SET DATA TYPE uuid
  USING CASE WHEN "release_asked_by" LIKE 'user:%' THEN substr("release_asked_by", 6)::uuid END;--> statement-breakpoint
ALTER TABLE "quarantines" ALTER COLUMN "held_by" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "quarantines" ADD PRIMARY KEY ("message_id");--> statement-breakpoint
ALTER TABLE "quarantines" ADD CONSTRAINT "quarantines_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quarantines" DROP COLUMN "delivery_id";
