create extension if not exists pg_trgm;
--> statement-breakpoint
CREATE SEQUENCE "public"."delivery_places" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "quarantines" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"held_at" timestamp with time zone NOT NULL,
	"held_by" text NOT NULL,
	"takes_two" boolean NOT NULL,
	"release_asked_by" uuid
);
--> statement-breakpoint
CREATE TABLE "account_mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" uuid NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp with time zone,
	"refresh_token_expires_at" timestamp with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"supplier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"key_hash" text NOT NULL,
	"start" text NOT NULL,
	"scopes" text[] NOT NULL,
	"glns" text[],
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
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
CREATE TABLE "grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"scope_kind" text NOT NULL,
	"scope_sor_id" text,
	"scope_glns" text[],
	"scope_supplier_id" uuid,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	CONSTRAINT "grants_scope_whole" CHECK (("grants"."scope_kind" = 'subtree') = ("grants"."scope_sor_id" is not null)
  and ("grants"."scope_kind" = 'locations') = ("grants"."scope_glns" is not null)
  and ("grants"."scope_kind" = 'supplier') = ("grants"."scope_supplier_id" is not null)),
	CONSTRAINT "grants_period" CHECK ("grants"."valid_to" is null or "grants"."valid_to" >= "grants"."valid_from")
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" uuid,
	"username" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"supplier_id" uuid,
	"role" text,
	"scope_kind" text,
	"scope_sor_id" text,
	"scope_glns" text[],
	"scope_supplier_id" uuid,
	"invited_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"withdrawn_at" timestamp with time zone,
	CONSTRAINT "invitations_scope_whole" CHECK (("invitations"."scope_kind" = 'subtree') = ("invitations"."scope_sor_id" is not null)
  and ("invitations"."scope_kind" = 'locations') = ("invitations"."scope_glns" is not null)
  and ("invitations"."scope_kind" = 'supplier') = ("invitations"."scope_supplier_id" is not null)),
	CONSTRAINT "invitations_purpose" CHECK (("invitations"."user_id" is null) = ("invitations"."role" is not null)
      and ("invitations"."role" is null) = ("invitations"."scope_kind" is null))
);
--> statement-breakpoint
CREATE TABLE "login_failures" (
	"kind" text NOT NULL,
	"key_hash" text NOT NULL,
	"failures" integer NOT NULL,
	"window_ends_at" timestamp with time zone NOT NULL,
	"locked_until" timestamp with time zone,
	CONSTRAINT "login_failures_pk" PRIMARY KEY("kind","key_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text
);
--> statement-breakpoint
CREATE TABLE "two_factors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" uuid NOT NULL,
	"verified" boolean DEFAULT false NOT NULL,
	"failed_verification_count" integer DEFAULT 0 NOT NULL,
	"locked_until" timestamp with time zone,
	"last_step" integer
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"username" text NOT NULL,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	"supplier_id" uuid,
	"deactivated_at" timestamp with time zone,
	"credential_version" integer DEFAULT 0 NOT NULL,
	"deactivated_by" text
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
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
CREATE TABLE "alert_signals" (
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "alert_signals_kind_subject" PRIMARY KEY("kind","subject")
);
--> statement-breakpoint
CREATE TABLE "endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"supplier_id" uuid NOT NULL,
	"system_id" uuid,
	"name" text NOT NULL,
	"transport" text NOT NULL,
	"address" text,
	"address_since" timestamp with time zone,
	"mime_types" text[] DEFAULT '{}' NOT NULL,
	"secrets" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"signs_text" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"paused_until" timestamp with time zone,
	"pause_reason" text,
	"draining_since" timestamp with time zone,
	"drain_then" text,
	"technical_contact" text,
	"probe_with" text DEFAULT 'options' NOT NULL,
	"is_ordered" boolean DEFAULT false NOT NULL,
	"retry" jsonb,
	"last_verified_at" timestamp with time zone,
	"certificate_sha256" text,
	"certificate_expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "location_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"gln" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"only_internal" boolean DEFAULT false NOT NULL,
	"non_active" boolean DEFAULT false NOT NULL,
	"system_id" uuid,
	"supplier_id" uuid,
	"net_operator_code" text,
	"region_code" text,
	"edi_administrator" text,
	"note" text,
	"successor_gln" text
);
--> statement-breakpoint
CREATE TABLE "locations" (
	"gln" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "net_operators" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suppliers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sor_code" text,
	"name" text NOT NULL,
	"email" text,
	"telephone" text,
	"is_active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
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
CREATE TABLE "systems" (
	"id" uuid PRIMARY KEY NOT NULL,
	"supplier_id" uuid NOT NULL,
	"sor_code" text,
	"name" text NOT NULL,
	"version" text
);
--> statement-breakpoint
CREATE TABLE "feed_entries" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"event_id" bigint NOT NULL,
	CONSTRAINT "feed_entries_event" UNIQUE("event_id")
);
--> statement-breakpoint
CREATE TABLE "feed_epochs" (
	"epoch" bigint PRIMARY KEY NOT NULL,
	"began_after" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feed_head" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"sequence" bigint NOT NULL,
	"server" text NOT NULL,
	"written_by" "xid8" NOT NULL,
	CONSTRAINT "feed_head_single" CHECK ("feed_head"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "feed_pending" (
	"first_id" bigint PRIMARY KEY NOT NULL,
	"event_ids" bigint[] NOT NULL,
	"noted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_entries" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_name" text,
	"supplier_id" text,
	"action" text NOT NULL,
	"outcome" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"glns" text[] NOT NULL,
	"sor_ids" text[] NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"comment" text,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_head" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "journal_head_single" CHECK ("journal_head"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "registrations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"gln" text NOT NULL,
	"message_type" text NOT NULL,
	"version" text NOT NULL,
	"format" text NOT NULL,
	"direction" text DEFAULT 'receive' NOT NULL,
	"endpoint_id" uuid,
	"valid_from" timestamp with time zone NOT NULL,
	"valid_to" timestamp with time zone,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	CONSTRAINT "registrations_validity" CHECK ("registrations"."valid_to" is null or "registrations"."valid_from" < "registrations"."valid_to")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"interchange_id" uuid NOT NULL,
	"transport" text NOT NULL,
	"endpoint_id" uuid,
	"receiver" text NOT NULL,
	"payload_sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"content_type" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"give_up_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"leased_by" text,
	"done_at" timestamp with time zone,
	"is_chosen" boolean DEFAULT false NOT NULL,
	"sender" text DEFAULT '' NOT NULL,
	"message_type" text DEFAULT '' NOT NULL,
	"place" bigint DEFAULT nextval('delivery_places') NOT NULL
);
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"delivery_id" uuid NOT NULL,
	"endpoint_id" uuid,
	"number" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"latency_milliseconds" integer NOT NULL,
	"outcome" text NOT NULL,
	"status" integer,
	"error" text,
	"response_excerpt" text,
	"worker" text NOT NULL
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
CREATE TABLE "endpoint_queues" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"failures_in_row" integer DEFAULT 0 NOT NULL,
	"first_failure_at" timestamp with time zone,
	"open_until" timestamp with time zone,
	"last_success_at" timestamp with time zone,
	"last_failure_at" timestamp with time zone,
	"last_line" text[]
);
--> statement-breakpoint
CREATE TABLE "interchanges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"format" text NOT NULL,
	"content_type" text NOT NULL,
	"sender" text NOT NULL,
	"sender_qualifier" text,
	"receiver" text NOT NULL,
	"receiver_qualifier" text,
	"control_reference" text NOT NULL,
	"acknowledgement_requested" boolean NOT NULL,
	"is_test" boolean DEFAULT false NOT NULL,
	"payload_sha256" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"sender_supplier_id" uuid,
	"receiver_supplier_id" uuid,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"origin_id" uuid,
	"payload_pruned_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "message_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "message_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"message_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"event" text NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"detail" jsonb,
	"actor_kind" text NOT NULL,
	"actor_id" text
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"interchange_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"reference" text NOT NULL,
	"unh_identifier" text NOT NULL,
	"message_type" text NOT NULL,
	"version" text NOT NULL,
	"sender" text NOT NULL,
	"receiver" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"acknowledgement_requested" boolean NOT NULL,
	"is_test" boolean DEFAULT false NOT NULL,
	"state" text NOT NULL,
	"state_since" timestamp with time zone NOT NULL,
	"deadline_at" timestamp with time zone,
	"reason" text,
	"delivery_id" uuid,
	"sender_supplier_id" uuid,
	"receiver_supplier_id" uuid,
	"receipt_message_id" uuid,
	"origin_id" uuid,
	"receipt_flag" text,
	"said_mark" text
);
--> statement-breakpoint
CREATE TABLE "seen_references" (
	"kind" text NOT NULL,
	"sender" text NOT NULL,
	"receiver" text NOT NULL,
	"reference" text NOT NULL,
	"scope" text NOT NULL,
	"interchange_id" uuid NOT NULL,
	"message_id" uuid,
	"seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "seen_references_key" PRIMARY KEY("sender","receiver","reference","kind","scope")
);
--> statement-breakpoint
CREATE TABLE "organisation_successors" (
	"from_sor_id" text NOT NULL,
	"to_sor_id" text NOT NULL,
	CONSTRAINT "organisation_successors_pair" PRIMARY KEY("from_sor_id","to_sor_id")
);
--> statement-breakpoint
CREATE TABLE "organisation_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sor_id" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"recorded_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"parent_sor_id" text,
	"name" text NOT NULL,
	"search_text" text collate "C" NOT NULL,
	"level" text DEFAULT 'unit' NOT NULL,
	"type_code" text,
	"pharmacy_identifier" text,
	"shak_code" text,
	"provider_number" text,
	"local_code" text,
	"local_attributes" text[] DEFAULT '{}' NOT NULL,
	"cvr" text,
	"p_number" text,
	"gln" text,
	"gln_inherited" boolean DEFAULT false NOT NULL,
	"geographical_parent_relation" text,
	"geographical_parent_sor_id" text,
	"postal_address" jsonb,
	"visiting_address" jsonb,
	"activity_address" jsonb,
	"virtual_address" jsonb,
	"specialities" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"has_ambulant_activity" boolean,
	"admits_patients" boolean,
	"is_reporting_level" boolean,
	"organisational_level_code" text,
	"organisational_level_name" text,
	"region_code" text,
	"municipality_code" text,
	"updated_on" date
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"sor_id" text PRIMARY KEY NOT NULL,
	"level" text NOT NULL,
	"first_from" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"word" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shak_codes" (
	"code" text NOT NULL,
	"valid_from" date NOT NULL,
	"valid_to" date,
	"last_changed" date,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"search_text" text NOT NULL,
	"groups" text[] NOT NULL,
	CONSTRAINT "shak_codes_code_from" PRIMARY KEY("code","valid_from")
);
--> statement-breakpoint
CREATE TABLE "endpoint_checks" (
	"endpoint_id" uuid PRIMARY KEY NOT NULL,
	"next_probe_at" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"leased_by" text,
	"tested_at" timestamp with time zone,
	"folder_wanted_at" timestamp with time zone,
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
CREATE TABLE "idempotency_keys" (
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"request_sha256" text NOT NULL,
	"answer" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_owner_key" PRIMARY KEY("owner","key")
);
--> statement-breakpoint
CREATE TABLE "resend_jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"supplier_id" uuid,
	"reason" text NOT NULL,
	"messages" integer NOT NULL,
	"left_out" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"is_stopped" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resend_messages" (
	"job_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"message_id" uuid NOT NULL,
	"copy_id" uuid,
	"refused" text,
	CONSTRAINT "resend_messages_key" PRIMARY KEY("job_id","position")
);
--> statement-breakpoint
CREATE TABLE "prune_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"outcome" text NOT NULL,
	"before" timestamp with time zone NOT NULL,
	"oldest_at" timestamp with time zone,
	"newest_at" timestamp with time zone,
	"removed" integer DEFAULT 0 NOT NULL,
	"removed_bytes" bigint DEFAULT 0 NOT NULL,
	"certificate" text,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "notice_services" (
	"notice_id" uuid NOT NULL,
	"service_id" text NOT NULL,
	CONSTRAINT "notice_services_pair" PRIMARY KEY("notice_id","service_id")
);
--> statement-breakpoint
CREATE TABLE "notice_updates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"notice_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"state" text NOT NULL,
	"text" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"corrected_at" timestamp with time zone,
	"author_name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"priority" integer,
	"planned_start" timestamp with time zone,
	"planned_end" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "service_probes" (
	"target" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"is_up" boolean NOT NULL,
	"latency_milliseconds" integer NOT NULL,
	CONSTRAINT "service_probes_target_at" PRIMARY KEY("target","at")
);
--> statement-breakpoint
CREATE TABLE "service_states" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service_id" text NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"set_by_name" text NOT NULL,
	"set_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"cleared_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "services" (
	"id" text PRIMARY KEY NOT NULL,
	"environment" text NOT NULL,
	"name_da" text NOT NULL,
	"name_en" text NOT NULL,
	"description_da" text NOT NULL,
	"description_en" text NOT NULL,
	"position" integer NOT NULL,
	"is_critical" boolean NOT NULL,
	"probe" text
);
--> statement-breakpoint
CREATE TABLE "message_patients" (
	"patient_hash" "bytea" NOT NULL,
	"message_id" uuid NOT NULL,
	CONSTRAINT "message_patients_key" PRIMARY KEY("patient_hash","message_id")
);
--> statement-breakpoint
CREATE TABLE "payloads" (
	"sha256" text NOT NULL,
	"part" integer NOT NULL,
	"size_bytes" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	"stored_at" timestamp with time zone NOT NULL,
	"master_key_id" text,
	"wrapped_key" "bytea",
	CONSTRAINT "payloads_sha256_part" PRIMARY KEY("sha256","part")
);
--> statement-breakpoint
ALTER TABLE "quarantines" ADD CONSTRAINT "quarantines_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_mails" ADD CONSTRAINT "account_mails_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_scope_supplier_id_suppliers_id_fk" FOREIGN KEY ("scope_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grant_requests" ADD CONSTRAINT "grant_requests_decided_by_users_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_scope_supplier_id_suppliers_id_fk" FOREIGN KEY ("scope_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_scope_supplier_id_suppliers_id_fk" FOREIGN KEY ("scope_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factors" ADD CONSTRAINT "two_factors_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_incidents" ADD CONSTRAINT "alert_incidents_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alert_incidents" ADD CONSTRAINT "alert_incidents_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoints" ADD CONSTRAINT "endpoints_system_id_systems_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "location_versions" ADD CONSTRAINT "location_versions_gln_locations_gln_fk" FOREIGN KEY ("gln") REFERENCES "public"."locations"("gln") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "location_versions" ADD CONSTRAINT "location_versions_system_id_systems_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "location_versions" ADD CONSTRAINT "location_versions_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "location_versions" ADD CONSTRAINT "location_versions_net_operator_code_net_operators_code_fk" FOREIGN KEY ("net_operator_code") REFERENCES "public"."net_operators"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "system_approvals" ADD CONSTRAINT "system_approvals_system_id_systems_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "systems" ADD CONSTRAINT "systems_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_gln_locations_gln_fk" FOREIGN KEY ("gln") REFERENCES "public"."locations"("gln") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registrations" ADD CONSTRAINT "registrations_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_interchange_id_interchanges_id_fk" FOREIGN KEY ("interchange_id") REFERENCES "public"."interchanges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_hours" ADD CONSTRAINT "endpoint_hours_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_queues" ADD CONSTRAINT "endpoint_queues_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interchanges" ADD CONSTRAINT "interchanges_sender_supplier_id_suppliers_id_fk" FOREIGN KEY ("sender_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "interchanges" ADD CONSTRAINT "interchanges_receiver_supplier_id_suppliers_id_fk" FOREIGN KEY ("receiver_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "message_events" ADD CONSTRAINT "message_events_message_id_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."messages"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_interchange_id_interchanges_id_fk" FOREIGN KEY ("interchange_id") REFERENCES "public"."interchanges"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_sender_supplier_id_suppliers_id_fk" FOREIGN KEY ("sender_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_receiver_supplier_id_suppliers_id_fk" FOREIGN KEY ("receiver_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_successors" ADD CONSTRAINT "organisation_successors_from_sor_id_organisations_sor_id_fk" FOREIGN KEY ("from_sor_id") REFERENCES "public"."organisations"("sor_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_versions" ADD CONSTRAINT "organisation_versions_sor_id_organisations_sor_id_fk" FOREIGN KEY ("sor_id") REFERENCES "public"."organisations"("sor_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organisation_versions" ADD CONSTRAINT "organisation_versions_parent_sor_id_organisations_sor_id_fk" FOREIGN KEY ("parent_sor_id") REFERENCES "public"."organisations"("sor_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_checks" ADD CONSTRAINT "endpoint_checks_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endpoint_probes" ADD CONSTRAINT "endpoint_probes_endpoint_id_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."endpoints"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resend_jobs" ADD CONSTRAINT "resend_jobs_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "resend_messages" ADD CONSTRAINT "resend_messages_job_id_resend_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."resend_jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_services" ADD CONSTRAINT "notice_services_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_services" ADD CONSTRAINT "notice_services_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_updates" ADD CONSTRAINT "notice_updates_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_states" ADD CONSTRAINT "service_states_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_mails_due" ON "account_mails" USING btree ("next_attempt_at") WHERE "account_mails"."done_at" is null;--> statement-breakpoint
CREATE INDEX "account_mails_user" ON "account_mails" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_user_provider" ON "accounts" USING btree ("user_id","provider_id");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_key_hash" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "api_keys_supplier" ON "api_keys" USING btree ("supplier_id","created_at");--> statement-breakpoint
CREATE INDEX "grant_requests_open" ON "grant_requests" USING btree ("requested_at") WHERE "grant_requests"."decided_at" is null;--> statement-breakpoint
CREATE INDEX "grant_requests_user" ON "grant_requests" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "grants_user" ON "grants" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "invitations_token_hash" ON "invitations" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "invitations_supplier" ON "invitations" USING btree ("supplier_id","created_at");--> statement-breakpoint
CREATE INDEX "invitations_user" ON "invitations" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "login_failures_window" ON "login_failures" USING btree ("window_ends_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_token" ON "sessions" USING btree ("token");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "two_factors_user" ON "two_factors" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "two_factors_secret" ON "two_factors" USING btree ("secret");--> statement-breakpoint
CREATE UNIQUE INDEX "users_username" ON "users" USING btree ("username");--> statement-breakpoint
CREATE INDEX "users_supplier" ON "users" USING btree ("supplier_id","username");--> statement-breakpoint
CREATE INDEX "verifications_identifier" ON "verifications" USING btree ("identifier");--> statement-breakpoint
CREATE UNIQUE INDEX "alert_incidents_present" ON "alert_incidents" USING btree ("kind","subject") WHERE "alert_incidents"."state" <> 'closed';--> statement-breakpoint
CREATE INDEX "alert_incidents_opened" ON "alert_incidents" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "alert_incidents_last" ON "alert_incidents" USING btree ("kind","subject","closed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "endpoints_name" ON "endpoints" USING btree ("supplier_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "location_versions_present" ON "location_versions" USING btree ("gln","valid_from") WHERE "location_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "location_versions_supplier" ON "location_versions" USING btree ("supplier_id","gln","valid_from","valid_to","non_active") WHERE "location_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "location_versions_system" ON "location_versions" USING btree ("system_id","gln") WHERE "location_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "location_versions_history" ON "location_versions" USING btree ("gln","recorded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "suppliers_sor_code" ON "suppliers" USING btree ("sor_code");--> statement-breakpoint
CREATE UNIQUE INDEX "suppliers_name" ON "suppliers" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "system_approvals_key" ON "system_approvals" USING btree ("system_id","product_version","message_type","version","direction");--> statement-breakpoint
CREATE UNIQUE INDEX "systems_name" ON "systems" USING btree ("supplier_id","name");--> statement-breakpoint
CREATE INDEX "journal_entries_subject" ON "journal_entries" USING btree ("subject_type","subject_id","sequence");--> statement-breakpoint
CREATE INDEX "journal_entries_glns" ON "journal_entries" USING gin ("glns");--> statement-breakpoint
CREATE INDEX "journal_entries_at" ON "journal_entries" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "registrations_present" ON "registrations" USING btree ("gln","message_type","version","direction","valid_from") WHERE "registrations"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "registrations_type" ON "registrations" USING btree ("message_type","gln","version","valid_from","valid_to") WHERE "registrations"."superseded_at" is null and "registrations"."direction" = 'receive';--> statement-breakpoint
CREATE INDEX "registrations_endpoint" ON "registrations" USING btree ("endpoint_id","gln") WHERE "registrations"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "registrations_history" ON "registrations" USING btree ("gln","recorded_at");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("endpoint_id","next_attempt_at") WHERE "deliveries"."state" = 'waiting' and "deliveries"."transport" <> 'mailbox';--> statement-breakpoint
CREATE INDEX "deliveries_mailbox" ON "deliveries" USING btree ("receiver","created_at","id") WHERE "deliveries"."state" = 'waiting' and "deliveries"."transport" = 'mailbox';--> statement-breakpoint
CREATE INDEX "deliveries_give_up" ON "deliveries" USING btree ("give_up_at") WHERE "deliveries"."state" in ('waiting', 'held');--> statement-breakpoint
CREATE INDEX "deliveries_leased" ON "deliveries" USING btree ("endpoint_id") WHERE "deliveries"."lease_until" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_open" ON "deliveries" USING btree ("state","created_at") WHERE "deliveries"."state" <> 'done';--> statement-breakpoint
CREATE INDEX "deliveries_interchange" ON "deliveries" USING btree ("interchange_id");--> statement-breakpoint
CREATE INDEX "deliveries_line" ON "deliveries" USING btree ("endpoint_id","receiver","sender","message_type","place","id") WHERE "deliveries"."state" in ('waiting', 'held') and "deliveries"."endpoint_id" is not null;--> statement-breakpoint
CREATE INDEX "delivery_attempts_delivery" ON "delivery_attempts" USING btree ("delivery_id","number");--> statement-breakpoint
CREATE INDEX "interchanges_kept" ON "interchanges" USING btree ("received_at") WHERE "interchanges"."payload_pruned_at" is null;--> statement-breakpoint
CREATE INDEX "interchanges_received" ON "interchanges" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "interchanges_sender" ON "interchanges" USING btree ("sender","received_at");--> statement-breakpoint
CREATE INDEX "interchanges_receiver" ON "interchanges" USING btree ("receiver","received_at");--> statement-breakpoint
CREATE INDEX "interchanges_sender_supplier" ON "interchanges" USING btree ("sender_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "interchanges_receiver_supplier" ON "interchanges" USING btree ("receiver_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "interchanges_reference" ON "interchanges" USING btree ("control_reference");--> statement-breakpoint
CREATE INDEX "interchanges_origin" ON "interchanges" USING btree ("origin_id") WHERE "interchanges"."origin_id" is not null;--> statement-breakpoint
CREATE INDEX "interchanges_payload" ON "interchanges" USING btree ("payload_sha256");--> statement-breakpoint
CREATE INDEX "message_events_message" ON "message_events" USING btree ("message_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_position" ON "messages" USING btree ("interchange_id","position");--> statement-breakpoint
CREATE INDEX "messages_received" ON "messages" USING btree ("received_at","id");--> statement-breakpoint
CREATE INDEX "messages_sender" ON "messages" USING btree ("sender","received_at");--> statement-breakpoint
CREATE INDEX "messages_receiver" ON "messages" USING btree ("receiver","received_at");--> statement-breakpoint
CREATE INDEX "messages_sender_supplier" ON "messages" USING btree ("sender_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "messages_receiver_supplier" ON "messages" USING btree ("receiver_supplier_id","received_at","id");--> statement-breakpoint
CREATE INDEX "messages_reference" ON "messages" USING btree ("reference");--> statement-breakpoint
CREATE INDEX "messages_receipt_flag" ON "messages" USING btree ("receipt_flag","received_at") WHERE "messages"."receipt_flag" is not null;--> statement-breakpoint
CREATE INDEX "messages_delivery" ON "messages" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "messages_state" ON "messages" USING btree ("state","state_since");--> statement-breakpoint
CREATE INDEX "messages_deadline" ON "messages" USING btree ("deadline_at") WHERE "messages"."deadline_at" is not null;--> statement-breakpoint
CREATE INDEX "messages_receipt_overdue" ON "messages" USING btree ("state_since") WHERE state = 'delivered' and acknowledgement_requested and deadline_at is null;--> statement-breakpoint
CREATE INDEX "messages_origin" ON "messages" USING btree ("origin_id") WHERE "messages"."origin_id" is not null;--> statement-breakpoint
CREATE INDEX "seen_references_seen" ON "seen_references" USING btree ("seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "organisation_versions_present" ON "organisation_versions" USING btree ("sor_id","valid_from") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_parent" ON "organisation_versions" USING btree ("parent_sor_id") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_gln" ON "organisation_versions" USING btree ("gln") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_name_gln" ON "organisation_versions" USING btree ("name","gln") WHERE "organisation_versions"."superseded_at" is null and "organisation_versions"."gln" is not null;--> statement-breakpoint
CREATE INDEX "organisation_versions_shak" ON "organisation_versions" USING btree ("shak_code") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_provider" ON "organisation_versions" USING btree ("provider_number") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_cvr" ON "organisation_versions" USING btree ("cvr") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_p_number" ON "organisation_versions" USING btree ("p_number") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_history" ON "organisation_versions" USING btree ("sor_id","recorded_at");--> statement-breakpoint
CREATE INDEX "organisation_versions_search" ON "organisation_versions" USING gin ("search_text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "organisation_versions_search_order" ON "organisation_versions" USING btree ("search_text","sor_id","valid_from","valid_to","level","region_code","municipality_code","type_code","id") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_name" ON "organisation_versions" USING btree ("parent_sor_id","name","sor_id") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "search_words_trigrams" ON "search_words" USING gin ("word" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "shak_codes_prefix" ON "shak_codes" USING btree (("code" collate "C"),"valid_from");--> statement-breakpoint
CREATE INDEX "shak_codes_search" ON "shak_codes" USING gin ("search_text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "endpoint_checks_next" ON "endpoint_checks" USING btree ("next_probe_at");--> statement-breakpoint
CREATE INDEX "endpoint_checks_wanted" ON "endpoint_checks" USING btree ("folder_wanted_at") WHERE "endpoint_checks"."folder_wanted_at" is not null;--> statement-breakpoint
CREATE INDEX "endpoint_probes_endpoint" ON "endpoint_probes" USING btree ("endpoint_id","at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "resend_jobs_open" ON "resend_jobs" USING btree ("created_at") WHERE "resend_jobs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "resend_jobs_ended" ON "resend_jobs" USING btree ("ended_at") WHERE "resend_jobs"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "resend_jobs_actor" ON "resend_jobs" USING btree ("actor_id","created_at");--> statement-breakpoint
CREATE INDEX "resend_messages_waiting" ON "resend_messages" USING btree ("job_id","position") WHERE "resend_messages"."copy_id" is null and "resend_messages"."refused" is null;--> statement-breakpoint
CREATE INDEX "prune_runs_kind" ON "prune_runs" USING btree ("kind","started_at");--> statement-breakpoint
CREATE INDEX "notice_services_service" ON "notice_services" USING btree ("service_id");--> statement-breakpoint
CREATE UNIQUE INDEX "notice_updates_number" ON "notice_updates" USING btree ("notice_id","number");--> statement-breakpoint
CREATE INDEX "notice_updates_published" ON "notice_updates" USING btree ("published_at");--> statement-breakpoint
CREATE INDEX "notices_updated" ON "notices" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "service_states_present" ON "service_states" USING btree ("service_id") WHERE "service_states"."cleared_at" is null;--> statement-breakpoint
CREATE INDEX "message_patients_message" ON "message_patients" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "payloads_master_key" ON "payloads" USING btree ("master_key_id");--> statement-breakpoint
-- Compressed and encrypted bytes gain nothing from a second compression, and short ones stay in their row.
ALTER TABLE "payloads" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE "payloads" SET (toast_tuple_target = 8160);
--> statement-breakpoint
create function add_search_words() returns trigger language plpgsql as $$
begin
  insert into search_words (word)
  select distinct word from added, regexp_split_to_table(added.search_text, ' ') as word
  where word ~ '[^0-9]' order by word
  on conflict do nothing;
  return null;
end
$$;
--> statement-breakpoint
create trigger organisation_versions_search_words after insert on organisation_versions
referencing new table as added for each statement execute function add_search_words();
--> statement-breakpoint
create function set_level() returns trigger language plpgsql as $$
begin
  select level into strict new.level from organisations where sor_id = new.sor_id;
  if new.search_key = '' then new.search_key := coalesce(new.gln, new.sor_id); end if;
  if new.search_order = '' then new.search_order := new.search_text; end if;
  return new;
end
$$;
--> statement-breakpoint
create trigger organisation_versions_level before insert on organisation_versions
for each row execute function set_level();
--> statement-breakpoint
create function note_feed_events() returns trigger language plpgsql as $$
begin
  insert into feed_pending (first_id, event_ids, noted_at)
    select min(id), array_agg(id order by id), clock_timestamp() from added having count(*) > 0;
  return null;
end
$$;
--> statement-breakpoint
create trigger message_events_noted after insert on message_events
referencing new table as added for each statement execute function note_feed_events();
--> statement-breakpoint
insert into feed_epochs (epoch, began_after)
values (floor(extract(epoch from clock_timestamp()) * 1000)::bigint * 1024 + floor(random() * 1024)::bigint, 0);
--> statement-breakpoint
insert into feed_head (sequence, server, written_by) values (0, '', pg_current_xact_id());
--> statement-breakpoint
insert into journal_head (id, sequence, hash) values (1, 0, repeat('0', 64));
--> statement-breakpoint
insert into services (id, environment, name_da, name_en, description_da, description_en, position, is_critical, probe) values
  ('sor', 'production', 'SOR-register', 'SOR register', 'Opslag og søgning i enheder, adresser og lokationsnumre', 'Look-ups and search of units, addresses and location numbers', 1, true, 'database'),
  ('sor-edi', 'production', 'SOR-EDI', 'SOR-EDI', 'Leverandørers og regioners administration af meddelelsestyper', 'Message types administered by vendors and regions', 2, false, 'portal'),
  ('edi-gateway', 'production', 'EDI-gateway', 'EDI gateway', 'Opslag for afsendere og transport af EDI-meddelelser', 'Routing look-ups and carriage of EDI messages', 3, true, 'gateway'),
  ('portal', 'production', 'Driftsportal', 'Operations portal', 'Portalen med driftsstatus og driftsbeskeder', 'The portal with status and notices', 4, false, 'portal'),
  ('sor-demo', 'demo', 'SOR-register (demo)', 'SOR register (demo)', 'Opslag og søgning i opdigtede data', 'Look-ups and search of invented data', 11, true, 'database'),
  ('sor-edi-demo', 'demo', 'SOR-EDI (demo)', 'SOR-EDI (demo)', 'Prøv administration af meddelelsestyper', 'Try the administration of message types', 12, false, 'portal'),
  ('edi-gateway-demo', 'demo', 'EDI-gateway (demo)', 'EDI gateway (demo)', 'Prøv opslag og forsendelse med opdigtede modtagere', 'Try look-ups and sending with invented recipients', 13, true, 'gateway'),
  ('portal-demo', 'demo', 'Driftsportal (demo)', 'Operations portal (demo)', 'Portalen i demomiljøet', 'The portal of the demo environment', 14, false, 'portal');--> statement-breakpoint
CREATE INDEX "journal_entries_action" ON "journal_entries" USING btree ("action","sequence");--> statement-breakpoint
CREATE INDEX "journal_entries_actor_name" ON "journal_entries" USING btree (lower("actor_name") text_pattern_ops,"sequence");
--> statement-breakpoint
CREATE TABLE "approval_rules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subtree_sor_id" text
);
--> statement-breakpoint
CREATE TABLE "change_set_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"change_set_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text NOT NULL,
	"decision" text NOT NULL,
	"comment" text,
	"hash" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "change_set_items" (
	"change_set_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"command" jsonb NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"seen_sequence" bigint NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"added_by" text NOT NULL,
	CONSTRAINT "change_set_items_position" PRIMARY KEY("change_set_id","position")
);
--> statement-breakpoint
CREATE TABLE "change_sets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"comment" text,
	"state" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"owner_id" text NOT NULL,
	"owner_name" text NOT NULL,
	"supplier_id" uuid,
	"submitted_at" timestamp with time zone,
	"submitted_hash" text,
	"apply_by" date,
	"sor_ids" text[] DEFAULT '{}' NOT NULL,
	"supplier_ids" text[] DEFAULT '{}' NOT NULL,
	"applied_at" timestamp with time zone,
	"applied_by" text,
	"reverts_id" uuid
);
--> statement-breakpoint
CREATE TABLE "sor_id_numbers" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"last" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "journal_entries" ADD COLUMN "change_set_id" uuid;--> statement-breakpoint
ALTER TABLE "change_set_decisions" ADD CONSTRAINT "change_set_decisions_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "change_set_items" ADD CONSTRAINT "change_set_items_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approval_rules_kind" ON "approval_rules" USING btree ("kind",coalesce("subtree_sor_id", ''));--> statement-breakpoint
CREATE INDEX "change_set_decisions_set" ON "change_set_decisions" USING btree ("change_set_id","at");--> statement-breakpoint
CREATE INDEX "change_set_items_subject" ON "change_set_items" USING btree ("subject_type","subject_id");--> statement-breakpoint
CREATE INDEX "change_sets_owner" ON "change_sets" USING btree ("owner_id","updated_at");--> statement-breakpoint
CREATE INDEX "change_sets_state" ON "change_sets" USING btree ("state","updated_at");--> statement-breakpoint
CREATE INDEX "change_sets_units" ON "change_sets" USING gin ("sor_ids");--> statement-breakpoint
CREATE UNIQUE INDEX "change_sets_reverts" ON "change_sets" USING btree ("reverts_id") WHERE "change_sets"."state" not in ('withdrawn', 'declined');--> statement-breakpoint
CREATE INDEX "journal_entries_change_set" ON "journal_entries" USING btree ("change_set_id","sequence") WHERE "journal_entries"."change_set_id" is not null;--> statement-breakpoint
INSERT INTO "approval_rules" ("id", "kind", "subtree_sor_id") VALUES
	(gen_random_uuid(), 'new-owner', NULL),
	(gen_random_uuid(), 'closing-with-registrations', NULL),
	(gen_random_uuid(), 'move-across-owners', NULL),
	(gen_random_uuid(), 'many-endings', NULL);
--> statement-breakpoint
CREATE TABLE "service_probe_days" (
	"target" text NOT NULL,
	"day" date NOT NULL,
	"up" integer NOT NULL,
	"slow" integer NOT NULL,
	"down" integer NOT NULL,
	CONSTRAINT "service_probe_days_target_day" PRIMARY KEY("target","day")
);
--> statement-breakpoint
ALTER TABLE "service_probes" DROP CONSTRAINT "service_probes_target_at";--> statement-breakpoint
ALTER TABLE "service_probes" ADD PRIMARY KEY ("target");
--> statement-breakpoint
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
--> statement-breakpoint
CREATE TABLE "day_changes_noted" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "day_changes_noted_single" CHECK ("day_changes_noted"."id" = 1)
);

--> statement-breakpoint
ALTER TABLE "approval_rules" ADD COLUMN "laid_by" text DEFAULT 'authority' NOT NULL;--> statement-breakpoint
ALTER TABLE "approval_rules" ADD COLUMN "end_asked_by" text;--> statement-breakpoint
ALTER TABLE "approval_rules" ADD COLUMN "end_asked_name" text;--> statement-breakpoint
ALTER TABLE "approval_rules" ADD COLUMN "end_asked_at" timestamp with time zone;
--> statement-breakpoint
CREATE TABLE "saved_searches" (
	"user_id" uuid NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"saved_at" timestamp with time zone NOT NULL,
	CONSTRAINT "saved_searches_name" PRIMARY KEY("user_id","name")
);
--> statement-breakpoint
ALTER TABLE "saved_searches" ADD CONSTRAINT "saved_searches_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"sealed" text NOT NULL,
	"made_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "snapshot_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"cause" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"beat_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"step" text,
	"rows" integer DEFAULT 0 NOT NULL,
	"name" text,
	"sequence" bigint,
	"day" date,
	"manifest" jsonb,
	"failure" text
);
--> statement-breakpoint
ALTER TABLE "shak_codes" ADD COLUMN "mark" text;--> statement-breakpoint
CREATE INDEX "snapshot_runs_asked" ON "snapshot_runs" USING btree ("asked_at");
--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "lease_token" uuid;--> statement-breakpoint
ALTER TABLE "endpoint_checks" ADD COLUMN "lease_token" uuid;
--> statement-breakpoint
ALTER TABLE "endpoint_checks" DROP COLUMN "leased_by";
--> statement-breakpoint
CREATE TABLE "organisation_withdrawals" (
	"sor_id" text PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"valid_to" date NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organisation_successors" ADD COLUMN "share" text;--> statement-breakpoint
ALTER TABLE "organisation_withdrawals" ADD CONSTRAINT "organisation_withdrawals_sor_id_organisations_sor_id_fk" FOREIGN KEY ("sor_id") REFERENCES "public"."organisations"("sor_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "organisation_withdrawals_order" ON "organisation_withdrawals" USING btree ("recorded_at","sor_id");
--> statement-breakpoint
CREATE TABLE "change_set_remarks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"change_set_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"field" text,
	"text" text NOT NULL,
	"user_id" text NOT NULL,
	"user_name" text NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "proposals" (
	"change_set_id" uuid PRIMARY KEY NOT NULL,
	"topics" text[] NOT NULL,
	"text" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"is_public" boolean NOT NULL,
	"token" text NOT NULL,
	"address" text,
	"address_hash" text,
	"is_confirmed" boolean DEFAULT false NOT NULL,
	"network_hash" text,
	"received_at" timestamp with time zone NOT NULL,
	"due_on" date NOT NULL,
	"outcome" text,
	"answer" text,
	"answered_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "account_mails" ALTER COLUMN "user_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "account_mails" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "change_sets" ADD COLUMN "editor_ids" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "change_sets" ADD COLUMN "warned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "change_set_remarks" ADD CONSTRAINT "change_set_remarks_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_change_set_id_change_sets_id_fk" FOREIGN KEY ("change_set_id") REFERENCES "public"."change_sets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_set_remarks_set" ON "change_set_remarks" USING btree ("change_set_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "proposals_token" ON "proposals" USING btree ("token");--> statement-breakpoint
CREATE INDEX "proposals_received" ON "proposals" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "proposals_network" ON "proposals" USING btree ("network_hash","received_at");--> statement-breakpoint
CREATE INDEX "proposals_subject" ON "proposals" USING btree ("subject_type","subject_id") WHERE "proposals"."answered_at" is null;
--> statement-breakpoint
CREATE TABLE "bulk_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"file_name" text NOT NULL,
	"taken_at" timestamp with time zone NOT NULL,
	"report" jsonb NOT NULL,
	"change_set_id" uuid
);
--> statement-breakpoint
CREATE TABLE "bulk_jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"supplier_id" uuid,
	"request" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"result" jsonb,
	"fault" text,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"lease_token" uuid,
	"lease_until" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "bulk_files" ADD CONSTRAINT "bulk_files_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_jobs" ADD CONSTRAINT "bulk_jobs_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bulk_files_user" ON "bulk_files" USING btree ("user_id","taken_at");--> statement-breakpoint
CREATE INDEX "bulk_jobs_open" ON "bulk_jobs" USING btree ("created_at") WHERE "bulk_jobs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "bulk_jobs_actor" ON "bulk_jobs" USING btree ("actor_id","created_at");--> statement-breakpoint
CREATE INDEX "bulk_jobs_ended" ON "bulk_jobs" USING btree ("ended_at") WHERE "bulk_jobs"."ended_at" is not null;
--> statement-breakpoint
ALTER TABLE "journal_entries" ADD COLUMN "transaction" bigint DEFAULT (pg_current_xact_id()::text)::bigint NOT NULL;
--> statement-breakpoint
DROP INDEX "organisation_versions_search_order";--> statement-breakpoint
ALTER TABLE "organisation_versions" ADD COLUMN "search_order" text collate "C" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "organisation_versions" ADD COLUMN "search_key" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "organisation_versions" ADD COLUMN "search_kind" text;--> statement-breakpoint
CREATE INDEX "registrations_begins" ON "registrations" USING btree ("valid_from") WHERE "registrations"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "registrations_ends" ON "registrations" USING btree ("valid_to") WHERE "registrations"."superseded_at" is null and "registrations"."valid_to" is not null;--> statement-breakpoint
CREATE INDEX "organisation_versions_begins" ON "organisation_versions" USING btree ("valid_from") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_ends" ON "organisation_versions" USING btree ("valid_to") WHERE "organisation_versions"."superseded_at" is null and "organisation_versions"."valid_to" is not null;--> statement-breakpoint
CREATE INDEX "organisation_versions_search_key" ON "organisation_versions" USING btree ("search_key") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "organisation_versions_search_order" ON "organisation_versions" USING btree ("search_order","search_key","sor_id","valid_from","valid_to","level","region_code","municipality_code","type_code","search_kind","search_text") WHERE "organisation_versions"."superseded_at" is null;--> statement-breakpoint
CREATE TABLE "caught_mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"sent_to" text NOT NULL,
	"subject" text NOT NULL,
	"headers" jsonb NOT NULL,
	"text" text NOT NULL,
	"html" text,
	"caught_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox_events" (
	"event_id" uuid NOT NULL,
	"subscription_id" uuid NOT NULL,
	"phase" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"message_id" uuid,
	CONSTRAINT "outbox_events_once" PRIMARY KEY("event_id","subscription_id","phase")
);
--> statement-breakpoint
CREATE TABLE "outbox_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"content" jsonb NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	"give_up_at" timestamp with time zone NOT NULL,
	"last_error" text,
	"token_hashes" text[] DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscription_confirmations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"supplier_id" uuid,
	"network_hash" text,
	"asked_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"supplier_id" uuid,
	"name" text NOT NULL,
	"channel" text NOT NULL,
	"address" text,
	"wishes" jsonb NOT NULL,
	"language" text,
	"digest" text NOT NULL,
	"quiet_from" text,
	"quiet_to" text,
	"state" text NOT NULL,
	"signing_secrets" text[] DEFAULT '{}' NOT NULL,
	"secret_hash" text,
	"confirm_before" timestamp with time zone,
	"confirm_tries" integer DEFAULT 0 NOT NULL,
	"confirmed_at" timestamp with time zone,
	"consent_version" text,
	"refusals_in_row" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_packed_at" timestamp with time zone,
	"last_sent_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "notice_updates" ADD COLUMN "is_sent" boolean NOT NULL;--> statement-breakpoint
ALTER TABLE "notice_updates" ADD COLUMN "spread_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "reminded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD CONSTRAINT "outbox_events_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox_events" ADD CONSTRAINT "outbox_events_message_id_outbox_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."outbox_messages"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox_messages" ADD CONSTRAINT "outbox_messages_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription_confirmations" ADD CONSTRAINT "subscription_confirmations_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "caught_mails_at" ON "caught_mails" USING btree ("caught_at");--> statement-breakpoint
CREATE INDEX "outbox_events_waiting" ON "outbox_events" USING btree ("subscription_id","due_at") WHERE "outbox_events"."message_id" is null;--> statement-breakpoint
CREATE INDEX "outbox_events_message" ON "outbox_events" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "outbox_messages_due" ON "outbox_messages" USING btree ("next_attempt_at") WHERE "outbox_messages"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "outbox_messages_subscription" ON "outbox_messages" USING btree ("subscription_id","created_at");--> statement-breakpoint
CREATE INDEX "outbox_messages_tokens" ON "outbox_messages" USING gin ("token_hashes");--> statement-breakpoint
CREATE INDEX "subscription_confirmations_address" ON "subscription_confirmations" USING btree ("address_hash","asked_at");--> statement-breakpoint
CREATE INDEX "subscription_confirmations_supplier" ON "subscription_confirmations" USING btree ("supplier_id","asked_at");--> statement-breakpoint
CREATE INDEX "subscription_confirmations_network" ON "subscription_confirmations" USING btree ("network_hash","asked_at");--> statement-breakpoint
CREATE INDEX "subscription_confirmations_asked" ON "subscription_confirmations" USING btree ("asked_at");--> statement-breakpoint
CREATE INDEX "subscriptions_supplier" ON "subscriptions" USING btree ("supplier_id");--> statement-breakpoint
CREATE INDEX "subscriptions_topic" ON "subscriptions" USING btree ("topic","state");--> statement-breakpoint
CREATE INDEX "subscriptions_secret" ON "subscriptions" USING btree ("secret_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_feed" ON "subscriptions" USING btree ("secret_hash") WHERE "subscriptions"."channel" = 'feed';--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_public_address" ON "subscriptions" USING btree ("topic",lower("address")) WHERE "subscriptions"."consent_version" is not null and "subscriptions"."state" <> 'pending';--> statement-breakpoint
CREATE INDEX "notice_updates_to_spread" ON "notice_updates" USING btree ("published_at") WHERE "notice_updates"."spread_at" is null;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "next_update_by" timestamp with time zone;--> statement-breakpoint
CREATE TABLE "vendor_switch_locations" (
	"switch_id" uuid NOT NULL,
	"gln" text NOT NULL,
	"wave" integer NOT NULL,
	"is_open" boolean DEFAULT true NOT NULL,
	CONSTRAINT "vendor_switch_locations_gln" PRIMARY KEY("switch_id","gln")
);
--> statement-breakpoint
CREATE TABLE "vendor_switch_waves" (
	"id" uuid PRIMARY KEY NOT NULL,
	"switch_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"day" date NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"due_at" timestamp with time zone,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"change_set_id" uuid,
	"applied_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "vendor_switches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"from_supplier_id" uuid,
	"to_supplier_id" uuid NOT NULL,
	"sor_ids" text[] NOT NULL,
	"key_hash" text,
	"key_expires_at" timestamp with time zone,
	"limit_percent" integer NOT NULL,
	"begun_by" text NOT NULL,
	"begun_at" timestamp with time zone NOT NULL,
	"giver_note" text,
	"taker_note" text,
	"accepted_by" text,
	"accepted_at" timestamp with time zone,
	"mapping" jsonb,
	"system_id" uuid,
	"halted_at" timestamp with time zone,
	"fault" text,
	"continued_at" timestamp with time zone,
	"ends_as" text,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "vendor_switch_locations" ADD CONSTRAINT "vendor_switch_locations_switch_id_vendor_switches_id_fk" FOREIGN KEY ("switch_id") REFERENCES "public"."vendor_switches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_switch_locations" ADD CONSTRAINT "vendor_switch_locations_gln_locations_gln_fk" FOREIGN KEY ("gln") REFERENCES "public"."locations"("gln") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_switch_waves" ADD CONSTRAINT "vendor_switch_waves_switch_id_vendor_switches_id_fk" FOREIGN KEY ("switch_id") REFERENCES "public"."vendor_switches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_switches" ADD CONSTRAINT "vendor_switches_from_supplier_id_suppliers_id_fk" FOREIGN KEY ("from_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_switches" ADD CONSTRAINT "vendor_switches_to_supplier_id_suppliers_id_fk" FOREIGN KEY ("to_supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vendor_switches" ADD CONSTRAINT "vendor_switches_system_id_systems_id_fk" FOREIGN KEY ("system_id") REFERENCES "public"."systems"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "vendor_switch_locations_open" ON "vendor_switch_locations" USING btree ("gln") WHERE "vendor_switch_locations"."is_open";--> statement-breakpoint
CREATE UNIQUE INDEX "vendor_switch_waves_number" ON "vendor_switch_waves" USING btree ("switch_id","number");--> statement-breakpoint
CREATE INDEX "vendor_switch_waves_due" ON "vendor_switch_waves" USING btree ("due_at") WHERE "vendor_switch_waves"."due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "vendor_switches_key" ON "vendor_switches" USING btree ("key_hash") WHERE "vendor_switches"."key_hash" is not null;--> statement-breakpoint
CREATE INDEX "vendor_switches_from" ON "vendor_switches" USING btree ("from_supplier_id","begun_at");--> statement-breakpoint
CREATE INDEX "vendor_switches_to" ON "vendor_switches" USING btree ("to_supplier_id","begun_at");--> statement-breakpoint
CREATE INDEX "vendor_switches_state" ON "vendor_switches" USING btree ("state","begun_at");--> statement-breakpoint
CREATE TABLE "watch_position" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"sequence" bigint NOT NULL,
	CONSTRAINT "watch_position_single" CHECK ("watch_position"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "watches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"subscription_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"gln" text,
	"message_type" text,
	"sor_id" text,
	"after_sequence" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "watches_subject" CHECK (case "watches"."kind" when 'location' then "watches"."gln" is not null else "watches"."sor_id" is not null end)
);
--> statement-breakpoint
ALTER TABLE "watches" ADD CONSTRAINT "watches_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "watches_subscription" ON "watches" USING btree ("subscription_id");--> statement-breakpoint
CREATE INDEX "watches_gln" ON "watches" USING btree ("gln");--> statement-breakpoint
CREATE INDEX "watches_unit" ON "watches" USING btree ("sor_id");--> statement-breakpoint
CREATE TABLE "change_followers" (
	"subscription_id" uuid PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"place" jsonb NOT NULL,
	"message_id" uuid,
	"place_after" jsonb,
	"packed_at" timestamp with time zone NOT NULL,
	"last_error" text
);
--> statement-breakpoint
ALTER TABLE "change_followers" ADD CONSTRAINT "change_followers_subscription_id_subscriptions_id_fk" FOREIGN KEY ("subscription_id") REFERENCES "public"."subscriptions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "change_followers" ADD CONSTRAINT "change_followers_message_id_outbox_messages_id_fk" FOREIGN KEY ("message_id") REFERENCES "public"."outbox_messages"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_followers_message" ON "change_followers" USING btree ("message_id");--> statement-breakpoint
CREATE TABLE "version_phases" (
	"message_type" text NOT NULL,
	"version" text NOT NULL,
	"phased_out_from" date NOT NULL,
	"ends_on" date,
	"successor_type" text,
	"successor_version" text,
	CONSTRAINT "version_phases_version" PRIMARY KEY("message_type","version"),
	CONSTRAINT "version_phases_order" CHECK ("version_phases"."ends_on" is null or "version_phases"."phased_out_from" < "version_phases"."ends_on"),
	CONSTRAINT "version_phases_successor" CHECK (("version_phases"."successor_type" is null) = ("version_phases"."successor_version" is null))
);
--> statement-breakpoint
ALTER TABLE "watches" DROP CONSTRAINT "watches_subject";--> statement-breakpoint
ALTER TABLE "watches" ADD CONSTRAINT "watches_subject" CHECK (case "watches"."kind" when 'location' then "watches"."gln" is not null when 'unit' then "watches"."sor_id" is not null else true end);--> statement-breakpoint
CREATE TABLE "notice_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fields" jsonb NOT NULL,
	"written_by_name" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"publish_at" timestamp with time zone,
	"refused_for" jsonb
);
--> statement-breakpoint
CREATE TABLE "notice_templates" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notice_templates_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "window_series" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"services" jsonb NOT NULL,
	"weeks" jsonb NOT NULL,
	"weekday" integer NOT NULL,
	"start_clock" text NOT NULL,
	"end_clock" text NOT NULL,
	"announce_days" integer NOT NULL,
	"first_day" date NOT NULL,
	"written_by_name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "window_series_days" (
	"series_id" uuid NOT NULL,
	"day" date NOT NULL,
	"notice_id" uuid NOT NULL,
	CONSTRAINT "window_series_days_day" PRIMARY KEY("series_id","day")
);
--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "alert_id" uuid;--> statement-breakpoint
ALTER TABLE "window_series_days" ADD CONSTRAINT "window_series_days_series_id_window_series_id_fk" FOREIGN KEY ("series_id") REFERENCES "public"."window_series"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_series_days" ADD CONSTRAINT "window_series_days_notice_id_notices_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notice_drafts_due" ON "notice_drafts" USING btree ("publish_at") WHERE "notice_drafts"."publish_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notices_alert" ON "notices" USING btree ("alert_id");--> statement-breakpoint
CREATE TABLE "register_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"sequence" bigint,
	"at" timestamp with time zone,
	"entity" text NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"row_id" text,
	"is_end" boolean DEFAULT false NOT NULL,
	"facts" jsonb
);
--> statement-breakpoint
CREATE INDEX "register_log_pending" ON "register_log" USING btree ("id") WHERE "register_log"."sequence" is null;--> statement-breakpoint
CREATE INDEX "register_log_rows" ON "register_log" USING btree ("entity","kind","sequence","id");--> statement-breakpoint
CREATE INDEX "register_log_order" ON "register_log" USING btree ("entity","sequence","subject");--> statement-breakpoint
CREATE INDEX "register_log_subject" ON "register_log" USING btree ("entity","subject","sequence");--> statement-breakpoint
CREATE INDEX "register_log_at" ON "register_log" USING btree ("at","sequence");
--> statement-breakpoint
create function log_register_rows() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'organisation_versions' then
    insert into register_log (entity, kind, subject, row_id) select 'unit', 'version', sor_id, id::text from added;
    insert into register_log (entity, kind, subject, row_id)
      select 'location', 'holder', gln, id::text from added where gln is not null;
  elsif tg_table_name = 'location_versions' then
    insert into register_log (entity, kind, subject, row_id) select 'location', 'version', gln, id::text from added;
  elsif tg_table_name = 'registrations' then
    insert into register_log (entity, kind, subject, row_id) select 'location', 'registration', gln, id::text from added;
  elsif tg_table_name = 'shak_codes' then
    insert into register_log (entity, kind, subject, row_id) select 'shak', 'version', code, valid_from::text from added;
  elsif tg_table_name = 'organisation_withdrawals' then
    insert into register_log (entity, kind, subject) select 'unit', 'withdrawn', sor_id from added;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function log_register_ends() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'organisation_versions' then
    insert into register_log (entity, kind, subject, row_id, is_end)
      select 'unit', 'version', n.sor_id, n.id::text, true from changed n join former o on o.id = n.id
      where o.superseded_at is null and n.superseded_at is not null;
    insert into register_log (entity, kind, subject, row_id, is_end)
      select 'location', 'holder', n.gln, n.id::text, true from changed n join former o on o.id = n.id
      where o.superseded_at is null and n.superseded_at is not null and n.gln is not null;
  elsif tg_table_name = 'location_versions' then
    insert into register_log (entity, kind, subject, row_id, is_end)
      select 'location', 'version', n.gln, n.id::text, true from changed n join former o on o.id = n.id
      where o.superseded_at is null and n.superseded_at is not null;
  elsif tg_table_name = 'registrations' then
    insert into register_log (entity, kind, subject, row_id, is_end)
      select 'location', 'registration', n.gln, n.id::text, true from changed n join former o on o.id = n.id
      where o.superseded_at is null and n.superseded_at is not null;
  elsif tg_table_name = 'shak_codes' then
    insert into register_log (entity, kind, subject, row_id) select 'shak', 'version', code, valid_from::text from changed;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function log_removed_rows() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'shak_codes' then
    insert into register_log (entity, kind, subject, row_id, is_end, facts)
      select 'shak', 'version', code, valid_from::text, true, to_jsonb(removed) from removed;
  else
    insert into register_log (entity, kind, subject, is_end) select 'unit', 'withdrawn', sor_id, true from removed;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function log_devices() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'net_operators' then
    insert into register_log (entity, kind, subject, facts)
      values ('device', 'version', new.code, jsonb_build_object('kind', 'operator', 'name', new.name));
  elsif tg_table_name = 'systems' then
    insert into register_log (entity, kind, subject, facts)
      select 'device', 'version', new.id::text, jsonb_build_object('kind', 'system', 'name', new.name,
        'version', new.version, 'sorCode', new.sor_code, 'manufacturer', s.name)
      from suppliers s where s.id = new.supplier_id;
  else
    insert into register_log (entity, kind, subject, facts)
      select 'device', 'version', y.id::text, jsonb_build_object('kind', 'system', 'name', y.name,
        'version', y.version, 'sorCode', y.sor_code, 'manufacturer', new.name)
      from systems y where y.supplier_id = new.id;
  end if;
  return null;
end
$$;
--> statement-breakpoint
create function log_days() returns trigger language plpgsql as $$
begin
  insert into register_log (entity, kind, subject)
    select subject_type, 'day', subject_id from added
    where action = 'validity.change' and outcome = 'done' and subject_type in ('unit', 'location');
  return null;
end
$$;
--> statement-breakpoint
create function number_register_log() returns trigger language plpgsql as $$
declare
  since timestamptz;
  last timestamptz;
begin
  if not exists (select from register_log where sequence is null) then return null; end if;
  select at into since from journal_entries where sequence = new.sequence;
  select max(at) into last from register_log;
  update register_log set sequence = new.sequence, at = greatest(since, last) where sequence is null;
  return null;
end
$$;
--> statement-breakpoint
create trigger organisation_versions_logged after insert on organisation_versions
referencing new table as added for each statement execute function log_register_rows();
--> statement-breakpoint
create trigger organisation_versions_ended after update on organisation_versions
referencing old table as former new table as changed for each statement execute function log_register_ends();
--> statement-breakpoint
create trigger location_versions_logged after insert on location_versions
referencing new table as added for each statement execute function log_register_rows();
--> statement-breakpoint
create trigger location_versions_ended after update on location_versions
referencing old table as former new table as changed for each statement execute function log_register_ends();
--> statement-breakpoint
create trigger registrations_logged after insert on registrations
referencing new table as added for each statement execute function log_register_rows();
--> statement-breakpoint
create trigger registrations_ended after update on registrations
referencing old table as former new table as changed for each statement execute function log_register_ends();
--> statement-breakpoint
create trigger shak_codes_logged after insert on shak_codes
referencing new table as added for each statement execute function log_register_rows();
--> statement-breakpoint
create trigger shak_codes_changed after update on shak_codes
referencing new table as changed for each statement execute function log_register_ends();
--> statement-breakpoint
create trigger shak_codes_removed after delete on shak_codes
referencing old table as removed for each statement execute function log_removed_rows();
--> statement-breakpoint
create trigger organisation_withdrawals_logged after insert on organisation_withdrawals
referencing new table as added for each statement execute function log_register_rows();
--> statement-breakpoint
create trigger organisation_withdrawals_removed after delete on organisation_withdrawals
referencing old table as removed for each statement execute function log_removed_rows();
--> statement-breakpoint
create trigger systems_logged after insert on systems for each row execute function log_devices();
--> statement-breakpoint
create trigger systems_changed after update on systems
for each row when (old.* is distinct from new.*) execute function log_devices();
--> statement-breakpoint
create trigger net_operators_logged after insert on net_operators for each row execute function log_devices();
--> statement-breakpoint
create trigger net_operators_changed after update on net_operators
for each row when (old.* is distinct from new.*) execute function log_devices();
--> statement-breakpoint
create trigger suppliers_logged after update of name on suppliers
for each row when (old.name is distinct from new.name) execute function log_devices();
--> statement-breakpoint
create trigger journal_entries_days after insert on journal_entries
referencing new table as added for each statement execute function log_days();
--> statement-breakpoint
create trigger journal_head_numbers after update of sequence on journal_head
for each row execute function number_register_log();--> statement-breakpoint
CREATE TABLE "news_articles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"text" text NOT NULL,
	"tags" text[] DEFAULT '{}' NOT NULL,
	"publish_at" timestamp with time zone,
	"is_mailed" boolean NOT NULL,
	"spread_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "news_articles_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "news_corrections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "news_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"size_bytes" integer NOT NULL,
	"sha256" text NOT NULL,
	"description" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"bytes" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "news_old_addresses" (
	"slug" text PRIMARY KEY NOT NULL,
	"article_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "newsletter_articles" (
	"newsletter_id" uuid NOT NULL,
	"article_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "newsletter_articles_newsletter_id_article_id_pk" PRIMARY KEY("newsletter_id","article_id")
);
--> statement-breakpoint
CREATE TABLE "newsletters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer,
	"title" text NOT NULL,
	"intro" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"sent_at" timestamp with time zone,
	"spread_at" timestamp with time zone,
	"receivers" integer,
	CONSTRAINT "newsletters_number_unique" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"to" text NOT NULL,
	"reply_to" text,
	"content" jsonb NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"done_at" timestamp with time zone,
	"give_up_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox_figures" (
	"event_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"count" integer NOT NULL,
	CONSTRAINT "outbox_figures_event_id_outcome_pk" PRIMARY KEY("event_id","outcome")
);
--> statement-breakpoint
CREATE TABLE "milestone_versions" (
	"milestone_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"title" text NOT NULL,
	"due" text NOT NULL,
	"state" text NOT NULL,
	"note" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "milestone_versions_milestone_id_version_pk" PRIMARY KEY("milestone_id","version")
);
--> statement-breakpoint
CREATE TABLE "milestones" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"due" text NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "written_guide_versions" (
	"guide_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"note" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "written_guide_versions_guide_id_version_pk" PRIMARY KEY("guide_id","version")
);
--> statement-breakpoint
CREATE TABLE "written_guides" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"published_at" timestamp with time zone,
	"changed_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	CONSTRAINT "written_guides_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
ALTER TABLE "outbox_messages" ADD COLUMN "bounced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "outbox_messages" ADD COLUMN "bounce_status" text;--> statement-breakpoint
ALTER TABLE "news_corrections" ADD CONSTRAINT "news_corrections_article_id_news_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."news_articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news_files" ADD CONSTRAINT "news_files_article_id_news_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."news_articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "news_old_addresses" ADD CONSTRAINT "news_old_addresses_article_id_news_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."news_articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "newsletter_articles" ADD CONSTRAINT "newsletter_articles_newsletter_id_newsletters_id_fk" FOREIGN KEY ("newsletter_id") REFERENCES "public"."newsletters"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "newsletter_articles" ADD CONSTRAINT "newsletter_articles_article_id_news_articles_id_fk" FOREIGN KEY ("article_id") REFERENCES "public"."news_articles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "milestone_versions" ADD CONSTRAINT "milestone_versions_milestone_id_milestones_id_fk" FOREIGN KEY ("milestone_id") REFERENCES "public"."milestones"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "written_guide_versions" ADD CONSTRAINT "written_guide_versions_guide_id_written_guides_id_fk" FOREIGN KEY ("guide_id") REFERENCES "public"."written_guides"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "news_articles_published" ON "news_articles" USING btree ("publish_at");--> statement-breakpoint
CREATE INDEX "news_articles_to_spread" ON "news_articles" USING btree ("publish_at") WHERE "news_articles"."spread_at" is null;--> statement-breakpoint
CREATE INDEX "news_corrections_article" ON "news_corrections" USING btree ("article_id","at");--> statement-breakpoint
CREATE INDEX "news_files_article" ON "news_files" USING btree ("article_id","added_at");--> statement-breakpoint
CREATE INDEX "newsletter_articles_article" ON "newsletter_articles" USING btree ("article_id");--> statement-breakpoint
CREATE INDEX "letters_due" ON "letters" USING btree ("next_attempt_at") WHERE "letters"."state" = 'waiting';--> statement-breakpoint
CREATE TABLE "profile_locations" (
	"gln" text PRIMARY KEY NOT NULL,
	"profile_id" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "profile_types" (
	"profile_id" uuid NOT NULL,
	"message_type" text NOT NULL,
	"version" text NOT NULL,
	"direction" text NOT NULL,
	CONSTRAINT "profile_types_type" PRIMARY KEY("profile_id","message_type","version","direction")
);
--> statement-breakpoint
CREATE TABLE "type_profiles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"supplier_id" uuid,
	"name" text NOT NULL,
	CONSTRAINT "type_profiles_name" UNIQUE NULLS NOT DISTINCT("supplier_id","name")
);
--> statement-breakpoint
ALTER TABLE "profile_locations" ADD CONSTRAINT "profile_locations_gln_locations_gln_fk" FOREIGN KEY ("gln") REFERENCES "public"."locations"("gln") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_locations" ADD CONSTRAINT "profile_locations_profile_id_type_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."type_profiles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile_types" ADD CONSTRAINT "profile_types_profile_id_type_profiles_id_fk" FOREIGN KEY ("profile_id") REFERENCES "public"."type_profiles"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "type_profiles" ADD CONSTRAINT "type_profiles_supplier_id_suppliers_id_fk" FOREIGN KEY ("supplier_id") REFERENCES "public"."suppliers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "profile_locations_profile" ON "profile_locations" USING btree ("profile_id","gln");--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "networks" text[];
