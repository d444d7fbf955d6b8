CREATE TABLE "resend_jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"supplier_id" uuid,
	"reason" text NOT NULL,
	"letters" integer NOT NULL,
	"left_out" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"is_stopped" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resend_letters" (
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"message_id" uuid NOT NULL,
	"copy_id" uuid,
	"refused" text,
	CONSTRAINT "resend_letters_key" PRIMARY KEY("job_id","position")
);
--> statement-breakpoint
ALTER TABLE "resend_jobs" ADD CONSTRAINT "resend_jobs_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resend_letters" ADD CONSTRAINT "resend_letters_job_id_resend_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."resend_jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "resend_jobs_open" ON "resend_jobs" USING btree ("created_at") WHERE "resend_jobs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "resend_jobs_ended" ON "resend_jobs" USING btree ("ended_at") WHERE "resend_jobs"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "resend_jobs_actor" ON "resend_jobs" USING btree ("actor_id","created_at");--> statement-breakpoint
CREATE INDEX "resend_letters_waiting" ON "resend_letters" USING btree ("job_id","position") WHERE "resend_letters"."copy_id" is null and "resend_letters"."refused" is null;