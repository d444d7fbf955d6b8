ALTER TABLE "endpoints" ADD COLUMN "secrets" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "endpoints" ADD COLUMN "signs_text" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Unsealed as they were, until `npm run admin -- rotate-keys`. Present receivers go on getting the signature over text.
UPDATE "endpoints" e SET "signs_text" = e."transport" = 'webhook', "secrets" = coalesce((
  SELECT jsonb_agg(jsonb_build_object('sealed', s."secret", 'madeAt', null, 'endsAt',
    CASE WHEN s."place" > 1 THEN to_char(e."old_secrets_end_at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END) ORDER BY s."place")
  FROM unnest(e."signing_secrets") WITH ORDINALITY s("secret", "place")), '[]');--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "signing_secrets";--> statement-breakpoint
ALTER TABLE "endpoints" DROP COLUMN "old_secrets_end_at";
