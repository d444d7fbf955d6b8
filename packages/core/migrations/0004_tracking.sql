CREATE TABLE "quarantines" (
	"delivery_id" uuid PRIMARY KEY NOT NULL,
	"held_at" timestamp with time zone NOT NULL,
	"takes_two" boolean NOT NULL,
	"release_asked_by" text
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "is_chosen" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "receipt_flag" text;--> statement-breakpoint
ALTER TABLE "quarantines" ADD CONSTRAINT "quarantines_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "interchanges_sender_supplier" ON "interchanges" USING btree ("sender_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "interchanges_receiver_supplier" ON "interchanges" USING btree ("receiver_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "messages_sender_supplier" ON "messages" USING btree ("sender_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "messages_receiver_supplier" ON "messages" USING btree ("receiver_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "messages_receipt_flag" ON "messages" USING btree ("receipt_flag","received_at") WHERE "messages"."receipt_flag" is not null;