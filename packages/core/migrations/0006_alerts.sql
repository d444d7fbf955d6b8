CREATE TABLE "alert_incidents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"supplier_id" uuid,
	"endpoint_id" uuid,
	"severity" text NOT NULL,
	"state" text NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone,
	"clear_since" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"flaps" integer DEFAULT 0 NOT NULL,
	"facts" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"content" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"give_up_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"last_error" text,
	"done_at" timestamp with time zone,
	"token_hashes" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "alert_notices" (
	"incident_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"phase" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"message_id" uuid,
	CONSTRAINT "alert_notices_once" PRIMARY KEY("incident_id","subscription_id","phase")
);
--> statement-breakpoint
CREATE TABLE "alert_signals" (
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "alert_signals_kind_subject" PRIMARY KEY("kind","subject")
);
--> statement-breakpoint
CREATE TABLE "alert_subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"supplier_id" uuid,
	"name" text NOT NULL,
	"channel" text NOT NULL,
	"address" text,
	"kinds" text[] NOT NULL,
	"least_severity" text NOT NULL,
	"endpoint_ids" uuid[] NOT NULL,
	"digest" text NOT NULL,
	"quiet_from" text,
	"quiet_to" text,
	"state" text NOT NULL,
	"signing_secrets" text[] DEFAULT '{}' NOT NULL,
	"secret_hash" text,
	"confirm_before" timestamp with time zone,
	"confirm_tries" integer DEFAULT 0 NOT NULL,
	"refusals_in_row" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_packed_at" timestamp with time zone,
	"last_sent_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "alert_incidents" ADD CONSTRAINT "alert_incidents_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_incidents" ADD CONSTRAINT "alert_incidents_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_messages" ADD CONSTRAINT "alert_messages_subscription_id_alert_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."alert_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_incident_id_alert_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."alert_incidents"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_subscription_id_alert_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."alert_subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_notices" ADD CONSTRAINT "alert_notices_message_id_alert_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."alert_messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_subscriptions" ADD CONSTRAINT "alert_subscriptions_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alert_incidents_present" ON "alert_incidents" USING btree ("kind","subject") WHERE "alert_incidents"."state" <> 'closed';--> statement-breakpoint
CREATE INDEX "alert_incidents_opened" ON "alert_incidents" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alert_incidents_last" ON "alert_incidents" USING btree ("kind","subject","closed_at");--> statement-breakpoint
CREATE INDEX "alert_messages_due" ON "alert_messages" USING btree ("next_attempt_at") WHERE "alert_messages"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "alert_messages_subscription" ON "alert_messages" USING btree ("subscription_id","created_at");--> statement-breakpoint
CREATE INDEX "alert_messages_tokens" ON "alert_messages" USING gin ("token_hashes");--> statement-breakpoint
CREATE INDEX "alert_notices_due" ON "alert_notices" USING btree ("due_at") WHERE "alert_notices"."message_id" is null;--> statement-breakpoint
CREATE INDEX "alert_notices_message" ON "alert_notices" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "alert_subscriptions_supplier" ON "alert_subscriptions" USING btree ("supplier_id");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_subscriptions_feed" ON "alert_subscriptions" USING btree ("secret_hash") WHERE "alert_subscriptions"."channel" = 'feed';--> statement-breakpoint
CREATE INDEX "messages_receipt_overdue" ON "messages" USING btree ("state_since") WHERE state = 'delivered' and acknowledgement_requested and deadline_at is null;