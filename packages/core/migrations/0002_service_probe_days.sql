CREATE TABLE "service_probe_days" (
	"target" text NOT NULL,
	"day" date NOT NULL,
	"up" integer NOT NULL,
	"slow" integer NOT NULL,
	"down" integer NOT NULL,
	CONSTRAINT "service_probe_days_target_day" PRIMARY KEY("target","day")
);
--> statement-breakpoint
INSERT INTO "service_probe_days" ("target", "day", "up", "slow", "down")
SELECT "target", ("at" at time zone 'Europe/Copenhagen')::date,
	count(*) FILTER (WHERE "is_up" AND "latency_milliseconds" <= 1000),
	count(*) FILTER (WHERE "is_up" AND "latency_milliseconds" > 1000),
	count(*) FILTER (WHERE NOT "is_up")
FROM "service_probes" GROUP BY 1, 2;
--> statement-breakpoint
DELETE FROM "service_probes" WHERE ("target", "at") NOT IN (SELECT "target", max("at") FROM "service_probes" GROUP BY "target");
--> statement-breakpoint
ALTER TABLE "service_probes" DROP CONSTRAINT "service_probes_target_at";--> statement-breakpoint
ALTER TABLE "service_probes" ADD PRIMARY KEY ("target");