CREATE TABLE "prune_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text NOT NULL,
	"before" timestamp with time zone NOT NULL,
	"oldest_at" timestamp with time zone,
	"newest_at" timestamp with time zone,
	"removed" integer DEFAULT 0 NOT NULL,
	"removed_bytes" bigint DEFAULT 0 NOT NULL,
	"certificate" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "message_patients" (
	"patient_hash" "bytea" NOT NULL,
	"message_id" uuid NOT NULL,
	CONSTRAINT "message_patients_key" PRIMARY KEY("patient_hash","message_id")
);
--> statement-breakpoint
DROP INDEX "interchanges_origin";--> statement-breakpoint
ALTER TABLE "payloads" ADD COLUMN "master_key_id" text;--> statement-breakpoint
ALTER TABLE "payloads" ADD COLUMN "wrapped_key" "bytea";--> statement-breakpoint
CREATE INDEX "prune_runs_kind" ON "prune_runs" USING btree ("kind","started_at");--> statement-breakpoint
CREATE INDEX "message_patients_message" ON "message_patients" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "payloads_master_key" ON "payloads" USING btree ("master_key_id");--> statement-breakpoint
CREATE INDEX "interchanges_origin" ON "interchanges" USING btree ("origin_id") WHERE "interchanges"."origin_id" is not null;--> statement-breakpoint
-- Encrypted bytes cannot be compressed: no time is lost in trying. What fits a page stays in its row.
ALTER TABLE "payloads" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "payloads" SET (toast_tuple_target = 8160);
