ALTER TABLE "resend_letters" RENAME TO "resend_messages";--> statement-breakpoint
ALTER TABLE "resend_messages" RENAME CONSTRAINT "resend_letters_key" TO "resend_messages_key";--> statement-breakpoint
ALTER TABLE "resend_messages" RENAME CONSTRAINT "resend_letters_job_id_resend_jobs_id_fk" TO "resend_messages_job_id_resend_jobs_id_fk";--> statement-breakpoint
ALTER INDEX "resend_letters_waiting" RENAME TO "resend_messages_waiting";--> statement-breakpoint
ALTER TABLE "resend_jobs" RENAME COLUMN "letters" TO "messages";--> statement-breakpoint
ALTER TABLE "seen_references" RENAME COLUMN "letter" TO "scope";
