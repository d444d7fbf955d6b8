CREATE TABLE "grant_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_sor_id" text,
	"scope_glns" text[],
	"scope_supplier_id" uuid,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone,
	"outcome" text,
	CONSTRAINT "grant_requests_scope_whole" CHECK (("grant_requests"."scope_kind" = 'subtree') = ("grant_requests"."scope_sor_id" is not null)
  and ("grant_requests"."scope_kind" = 'locations') = ("grant_requests"."scope_glns" is not null)
  and ("grant_requests"."scope_kind" = 'supplier') = ("grant_requests"."scope_supplier_id" is not null)),
	CONSTRAINT "grant_requests_decided" CHECK (("grant_requests"."decided_at" is null) = ("grant_requests"."outcome" is null) and ("grant_requests"."decided_at" is null) = ("grant_requests"."decided_by" is null))
);
--> statement-breakpoint
ALTER TABLE "invitations" ADD COLUMN "invited_by" uuid;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "deactivated_by" text;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_scope_supplier_id_suppliers_id_fk" FOREIGN KEY ("scope_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_decided_by_users_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "grant_requests_open" ON "grant_requests" USING btree ("requested_at") WHERE "grant_requests"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "grant_requests_user" ON "grant_requests" USING btree ("user_id");--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;