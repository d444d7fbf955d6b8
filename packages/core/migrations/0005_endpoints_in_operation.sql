CREATE TABLE "system_approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"system_id" uuid NOT NULL,
	"product_version" text NOT NULL,
	"message_type" text NOT NULL,
	"version" text NOT NULL,
	"direction" text NOT NULL,
	"approved_on" date NOT NULL,
	"expires_on" date,
	"reference" text
);
--> statement-breakpoint
CREATE TABLE "endpoint_hours" (
	"endpoint_id" uuid NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"delivered" integer NOT NULL,
	"refused" integer NOT NULL,
	"failed" integer NOT NULL,
	CONSTRAINT "endpoint_hours_key" PRIMARY KEY("endpoint_id","hour")
);
--> statement-breakpoint
CREATE TABLE "endpoint_checks" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"next_probe_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"leased_by" text,
	"tested_at" timestamp with time zone,
	"last_success_at" timestamp with time zone,
	"last_failure_at" timestamp with time zone,
	"failures_in_row" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endpoint_probes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"origin" text NOT NULL,
	"is_up" boolean NOT NULL,
	"latency_milliseconds" integer NOT NULL,
	"detail" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "address_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "draining_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "drain_then" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "old_secrets_end_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "probe_with" text DEFAULT 'options' NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "certificate_sha256" text;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "certificate_expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "endpoint_queues" ADD COLUMN "last_failure_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "system_approvals" ADD CONSTRAINT "system_approvals_system_id_systems_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_hours" ADD CONSTRAINT "endpoint_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_checks" ADD CONSTRAINT "endpoint_checks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_probes" ADD CONSTRAINT "endpoint_probes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "system_approvals_key" ON "system_approvals" USING btree ("system_id","product_version","message_type","version","direction");--> statement-breakpoint
CREATE INDEX "endpoint_checks_next" ON "endpoint_checks" USING btree ("next_probe_at");--> statement-breakpoint
CREATE INDEX "endpoint_probes_endpoint" ON "endpoint_probes" USING btree ("endpoint_id","at");--> statement-breakpoint
CREATE INDEX "registrations_endpoint" ON "registrations" USING btree ("endpoint_id","gln") WHERE "registrations"."superseded_at" is null;