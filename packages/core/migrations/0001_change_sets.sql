CREATE TABLE "approval_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subtree_sor_id" text
);
--> statement-breakpoint
CREATE TABLE "change_set_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"change_set_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text NOT NULL,
	"decision" text NOT NULL,
	"comment" text,
	"hash" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "change_set_items" (
	"change_set_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"command" jsonb NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"seen_sequence" bigint NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"added_by" text NOT NULL,
	CONSTRAINT "change_set_items_position" PRIMARY KEY("change_set_id","position")
);
--> statement-breakpoint
CREATE TABLE "change_sets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"comment" text,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"owner_id" text NOT NULL,
	"owner_name" text NOT NULL,
	"supplier_id" uuid,
	"submitted_at" timestamp with time zone,
	"submitted_hash" text,
	"apply_by" date,
	"sor_ids" text[] DEFAULT '{}' NOT NULL,
	"supplier_ids" text[] DEFAULT '{}' NOT NULL,
	"applied_at" timestamp with time zone,
	"applied_by" text,
	"reverts_id" uuid
);
--> statement-breakpoint
CREATE TABLE "sor_id_numbers" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"last" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "journal_entries" ADD COLUMN "change_set_id" uuid;--> statement-breakpoint
ALTER TABLE "change_set_decisions" ADD CONSTRAINT "change_set_decisions_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "change_set_items" ADD CONSTRAINT "change_set_items_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approval_rules_kind" ON "approval_rules" USING btree ("kind",coalesce("subtree_sor_id", ''));--> statement-breakpoint
CREATE INDEX "change_set_decisions_set" ON "change_set_decisions" USING btree ("change_set_id","at");--> statement-breakpoint
CREATE INDEX "change_set_items_subject" ON "change_set_items" USING btree ("subject_type","subject_id");--> statement-breakpoint
CREATE INDEX "change_sets_owner" ON "change_sets" USING btree ("owner_id","updated_at");--> statement-breakpoint
CREATE INDEX "change_sets_state" ON "change_sets" USING btree ("state","updated_at");--> statement-breakpoint
CREATE INDEX "change_sets_units" ON "change_sets" USING gin ("sor_ids");--> statement-breakpoint
CREATE UNIQUE INDEX "change_sets_reverts" ON "change_sets" USING btree ("reverts_id") WHERE "change_sets"."state" not in ('withdrawn', 'declined');--> statement-breakpoint
CREATE INDEX "journal_entries_change_set" ON "journal_entries" USING btree ("change_set_id","sequence") WHERE "journal_entries"."change_set_id" is not null;--> statement-breakpoint
INSERT INTO "approval_rules" ("id", "kind", "subtree_sor_id") VALUES
	(gen_random_uuid(), 'new-owner', NULL),
	(gen_random_uuid(), 'closing-with-registrations', NULL),
	(gen_random_uuid(), 'move-across-owners', NULL),
	(gen_random_uuid(), 'many-endings', NULL);
