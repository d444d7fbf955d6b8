CREATE TABLE "alert_confirmations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"supplier_id" uuid,
	"asked_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "alert_confirmations" ADD CONSTRAINT "alert_confirmations_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_confirmations_address" ON "alert_confirmations" USING btree ("address_hash","asked_at");--> statement-breakpoint
CREATE INDEX "alert_confirmations_supplier" ON "alert_confirmations" USING btree ("supplier_id","asked_at");--> statement-breakpoint
CREATE INDEX "alert_confirmations_asked" ON "alert_confirmations" USING btree ("asked_at");