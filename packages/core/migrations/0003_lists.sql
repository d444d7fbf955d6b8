CREATE TABLE "location_number_ranges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"prefix" text NOT NULL,
	"from" bigint NOT NULL,
	"to" bigint NOT NULL,
	"next" bigint NOT NULL,
	"is_open" boolean DEFAULT true NOT NULL,
	"note" text
);
--> statement-breakpoint
CREATE TABLE "location_numbers" (
	"gln" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"holder" text,
	"unit_sor_id" text,
	"reserved_until" date,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "organisational_levels" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text,
	"name" text NOT NULL,
	"position" integer NOT NULL,
	"expires_on" date
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "register_part" text;--> statement-breakpoint
CREATE UNIQUE INDEX "organisational_levels_code" ON "organisational_levels" USING btree ("code");--> statement-breakpoint
CREATE UNIQUE INDEX "organisational_levels_name" ON "organisational_levels" USING btree ("name");--> statement-breakpoint
CREATE INDEX "journal_entries_sor_ids" ON "journal_entries" USING gin ("sor_ids");--> statement-breakpoint
insert into organisational_levels (id, code, name, position) values
  ('019d0000-0000-7000-8000-000000000001', null, 'Hospital', 1),
  ('019d0000-0000-7000-8000-000000000002', null, 'Hospitalsområde', 2),
  ('019d0000-0000-7000-8000-000000000003', null, 'Center', 3),
  ('019d0000-0000-7000-8000-000000000004', null, 'Overafdeling', 4),
  ('019d0000-0000-7000-8000-000000000005', null, 'Afdeling', 5),
  ('019d0000-0000-7000-8000-000000000006', null, 'Afsnit', 6);
