-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "region" (
    "code" TEXT NOT NULL,
    "name_ru" TEXT NOT NULL,
    "zone" TEXT NOT NULL,

    CONSTRAINT "region_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "jurisdiction" (
    "id" TEXT NOT NULL,
    "name_ru" TEXT NOT NULL,
    "region_code" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "organisation_id" UUID,

    CONSTRAINT "jurisdiction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organisation" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name_ru" TEXT NOT NULL,
    "short_name_ru" TEXT,
    "region_code" TEXT NOT NULL,
    "inn" TEXT,
    "ogrn" TEXT,
    "licence_number" TEXT,
    "licence_date" TEXT,
    "licence_lost_on" TEXT,
    "successor_id" UUID,
    "synthetic" BOOLEAN NOT NULL DEFAULT false,
    "source" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "family_name" TEXT NOT NULL,
    "given_name" TEXT NOT NULL,
    "patronymic" TEXT,
    "display_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "zone" TEXT NOT NULL DEFAULT 'Europe/Moscow',
    "snils_hash" TEXT,
    "died_on" TEXT,
    "mute_digests" BOOLEAN NOT NULL DEFAULT false,
    "mail_bounced" BOOLEAN NOT NULL DEFAULT false,
    "synthetic" BOOLEAN NOT NULL DEFAULT false,
    "note_ru" TEXT,
    "source" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person_key" (
    "person_id" UUID NOT NULL,
    "wrapped" BYTEA,
    "master_key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_key_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "employment" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "organisation_id" UUID NOT NULL,
    "post_ru" TEXT NOT NULL,
    "from_on" TEXT NOT NULL,
    "to_on" TEXT,
    "main" BOOLEAN NOT NULL DEFAULT true,
    "act" TEXT,

    CONSTRAINT "employment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "role_assignment" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "scope_kind" TEXT NOT NULL,
    "scope_id" TEXT,
    "from_on" TEXT NOT NULL,
    "to_on" TEXT,
    "act" TEXT,
    "on_behalf_of" UUID,

    CONSTRAINT "role_assignment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "relation" (
    "person_a" UUID NOT NULL,
    "person_b" UUID NOT NULL,
    "kind" TEXT NOT NULL,

    CONSTRAINT "relation_pkey" PRIMARY KEY ("person_a","person_b","kind")
);

-- CreateTable
CREATE TABLE "expert" (
    "person_id" UUID NOT NULL,
    "competences" TEXT[],
    "region_code" TEXT NOT NULL,
    "arbiter" BOOLEAN NOT NULL DEFAULT false,
    "max_open_tasks" INTEGER NOT NULL DEFAULT 5,
    "suspended_until" TEXT,
    "order_ref" TEXT,
    "synthetic" BOOLEAN NOT NULL DEFAULT false,
    "pool" TEXT NOT NULL DEFAULT 'federal',

    CONSTRAINT "expert_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "expert_record" (
    "task_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "outcome" TEXT NOT NULL,
    "late" BOOLEAN NOT NULL DEFAULT false,
    "assigned_on" TEXT,
    "finished_on" TEXT,
    "working_days" INTEGER,
    "score" DOUBLE PRECISION,
    "panel_mean" DOUBLE PRECISION,

    CONSTRAINT "expert_record_pkey" PRIMARY KEY ("task_id")
);

-- CreateTable
CREATE TABLE "session" (
    "token_hash" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "user_agent" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "legal_act" (
    "id" TEXT NOT NULL,
    "number" TEXT,
    "date" TEXT,
    "issuer_ru" TEXT,
    "title_ru" TEXT,
    "status" TEXT,
    "repealed_by" TEXT,
    "source" JSONB,

    CONSTRAINT "legal_act_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "id" TEXT NOT NULL,
    "process" TEXT NOT NULL,
    "jurisdiction" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "act" JSONB NOT NULL,
    "effective_from" TEXT NOT NULL,
    "effective_to" TEXT,
    "parameters" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_version" (
    "version" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "calendar_version_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "reference_record" (
    "collection" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "reference_record_pkey" PRIMARY KEY ("collection","id")
);

-- CreateTable
CREATE TABLE "draft" (
    "id" UUID NOT NULL,
    "process" TEXT NOT NULL,
    "jurisdiction" TEXT NOT NULL,
    "owner_id" UUID NOT NULL,
    "organisation_id" UUID,
    "title_ru" TEXT NOT NULL DEFAULT '',
    "body" JSONB NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "for_case_id" UUID,
    "submitted_case_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "discarded_at" TIMESTAMPTZ(3),

    CONSTRAINT "draft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_record" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "row" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT,
    "actor_id" UUID,
    "request_id" TEXT,
    "facts" JSONB NOT NULL,

    CONSTRAINT "audit_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case" (
    "id" UUID NOT NULL,
    "process" TEXT NOT NULL,
    "number" TEXT,
    "jurisdiction" TEXT NOT NULL,
    "title_ru" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "initiator_id" UUID,
    "applicant_organisation_id" UUID,
    "applicant_region_code" TEXT,
    "policy_version_id" TEXT NOT NULL,
    "calendar_version" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "outcome" TEXT,
    "waiting_for" TEXT NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "due_on" TEXT,
    "closed" BOOLEAN NOT NULL DEFAULT false,
    "sequence" INTEGER NOT NULL,
    "last_hash" BYTEA NOT NULL,
    "state" JSONB NOT NULL,
    "next_due_at" TIMESTAMPTZ(3),
    "work" JSONB NOT NULL DEFAULT '[]',
    "parent_case_id" UUID,
    "unique_key" TEXT,
    "clock" TEXT NOT NULL DEFAULT 'real',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_event" (
    "case_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "row" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "on" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "on_behalf_of" JSONB,
    "command_id" TEXT NOT NULL,
    "request_id" TEXT,
    "facts" JSONB NOT NULL,
    "personal" BYTEA,
    "personal_owner" UUID,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "case_event_pkey" PRIMARY KEY ("case_id","sequence")
);

-- CreateTable
CREATE TABLE "command" (
    "id" TEXT NOT NULL,
    "case_id" UUID NOT NULL,
    "body_hash" TEXT NOT NULL,
    "answer" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "command_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "case_reservation" (
    "unique_key" TEXT NOT NULL,
    "case_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "case_reservation_pkey" PRIMARY KEY ("unique_key")
);

-- CreateTable
CREATE TABLE "serial" (
    "series" TEXT NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "serial_pkey" PRIMARY KEY ("series")
);

-- CreateTable
CREATE TABLE "claim" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "case_id" UUID NOT NULL,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("scope","key")
);

-- CreateTable
CREATE TABLE "case_deadline" (
    "case_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "due_on" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "waiting_for" TEXT NOT NULL,
    "visible" BOOLEAN NOT NULL,
    "task_id" UUID,
    "derivation" JSONB NOT NULL,

    CONSTRAINT "case_deadline_pkey" PRIMARY KEY ("case_id","key")
);

-- CreateTable
CREATE TABLE "case_participant" (
    "case_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "case_participant_pkey" PRIMARY KEY ("case_id","person_id","role")
);

-- CreateTable
CREATE TABLE "task" (
    "id" UUID NOT NULL,
    "case_id" UUID NOT NULL,
    "process" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title_ru" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL,
    "nature" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "scope_kind" TEXT NOT NULL,
    "scope_id" TEXT,
    "assignee_id" UUID,
    "due_on" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "late" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "task_draft" (
    "task_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "body" BYTEA NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_draft_pkey" PRIMARY KEY ("task_id","person_id")
);

-- CreateTable
CREATE TABLE "task_note" (
    "id" UUID NOT NULL,
    "task_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "body" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_note_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document" (
    "sha256" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "mime" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "name" TEXT,
    "inline" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "case_document" (
    "case_id" UUID NOT NULL,
    "sha256" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "owner_id" UUID,
    "audience" TEXT NOT NULL DEFAULT 'none',
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "case_document_pkey" PRIMARY KEY ("case_id","sha256","kind","version")
);

-- CreateTable
CREATE TABLE "register_entry" (
    "id" UUID NOT NULL,
    "register" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "title_ru" TEXT NOT NULL,
    "organisation_id" UUID,
    "region_code" TEXT,
    "facts" JSONB NOT NULL,
    "valid_from" TEXT,
    "valid_until" TEXT,
    "public" BOOLEAN NOT NULL,
    "keeper_case_id" UUID NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "register_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "register_history" (
    "entry_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "facts" JSONB NOT NULL,
    "valid_from" TEXT,
    "valid_until" TEXT,
    "case_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "register_history_pkey" PRIMARY KEY ("entry_id","n")
);

-- CreateTable
CREATE TABLE "study_group" (
    "id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "entry_version" INTEGER NOT NULL,
    "organisation_id" UUID NOT NULL,
    "size" INTEGER NOT NULL,
    "started_on" TEXT NOT NULL,
    "finished_on" TEXT,
    "counts_in_i3" BOOLEAN,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "study_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "case_id" UUID,
    "sequence" INTEGER,
    "template" TEXT NOT NULL,
    "template_version" INTEGER NOT NULL DEFAULT 1,
    "language" TEXT NOT NULL DEFAULT 'ru',
    "addressee_id" UUID NOT NULL,
    "addressee_role" TEXT NOT NULL,
    "params" JSONB NOT NULL,
    "legally_significant" BOOLEAN NOT NULL DEFAULT false,
    "nominal_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "digest_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3),
    "familiarised_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dev_mail" (
    "id" UUID NOT NULL,
    "message_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "mail_from" TEXT NOT NULL,
    "mail_to" TEXT[],
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "headers" JSONB NOT NULL,

    CONSTRAINT "dev_mail_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" UUID NOT NULL,
    "case_id" UUID,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "details" JSONB,
    "first_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "count" INTEGER NOT NULL DEFAULT 1,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_snils_hash_key" ON "person"("snils_hash");

-- CreateIndex
CREATE INDEX "employment_person_id_idx" ON "employment"("person_id");

-- CreateIndex
CREATE INDEX "employment_organisation_id_idx" ON "employment"("organisation_id");

-- CreateIndex
CREATE INDEX "role_assignment_person_id_idx" ON "role_assignment"("person_id");

-- CreateIndex
CREATE INDEX "role_assignment_role_scope_kind_scope_id_idx" ON "role_assignment"("role", "scope_kind", "scope_id");

-- CreateIndex
CREATE INDEX "expert_pool_idx" ON "expert"("pool");

-- CreateIndex
CREATE INDEX "expert_record_person_id_idx" ON "expert_record"("person_id");

-- CreateIndex
CREATE INDEX "session_person_id_idx" ON "session"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "policy_version_process_jurisdiction_version_key" ON "policy_version"("process", "jurisdiction", "version");

-- CreateIndex
CREATE INDEX "draft_owner_id_idx" ON "draft"("owner_id");

-- CreateIndex
CREATE INDEX "draft_organisation_id_idx" ON "draft"("organisation_id");

-- CreateIndex
CREATE INDEX "audit_record_subject_id_idx" ON "audit_record"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "case_number_key" ON "case"("number");

-- CreateIndex
CREATE INDEX "case_process_stage_idx" ON "case"("process", "stage");

-- CreateIndex
CREATE INDEX "case_applicant_organisation_id_idx" ON "case"("applicant_organisation_id");

-- CreateIndex
CREATE INDEX "case_parent_case_id_idx" ON "case"("parent_case_id");

-- CreateIndex
CREATE INDEX "case_closed_next_due_at_idx" ON "case"("closed", "next_due_at");

-- CreateIndex
CREATE INDEX "case_event_row_idx" ON "case_event"("row");

-- CreateIndex
CREATE INDEX "command_case_id_idx" ON "command"("case_id");

-- CreateIndex
CREATE UNIQUE INDEX "case_reservation_case_id_key" ON "case_reservation"("case_id");

-- CreateIndex
CREATE INDEX "case_participant_person_id_idx" ON "case_participant"("person_id");

-- CreateIndex
CREATE INDEX "task_case_id_idx" ON "task"("case_id");

-- CreateIndex
CREATE INDEX "task_assignee_id_open_due_at_id_idx" ON "task"("assignee_id", "open", "due_at", "id");

-- CreateIndex
CREATE INDEX "task_role_scope_kind_scope_id_open_due_at_id_idx" ON "task"("role", "scope_kind", "scope_id", "open", "due_at", "id");

-- CreateIndex
CREATE INDEX "task_note_task_id_idx" ON "task_note"("task_id");

-- CreateIndex
CREATE INDEX "register_entry_register_status_idx" ON "register_entry"("register", "status");

-- CreateIndex
CREATE UNIQUE INDEX "register_entry_register_number_key" ON "register_entry"("register", "number");

-- CreateIndex
CREATE UNIQUE INDEX "register_history_case_id_sequence_entry_id_key" ON "register_history"("case_id", "sequence", "entry_id");

-- CreateIndex
CREATE INDEX "study_group_entry_id_idx" ON "study_group"("entry_id");

-- CreateIndex
CREATE UNIQUE INDEX "notice_dedupe_key_key" ON "notice"("dedupe_key");

-- CreateIndex
CREATE INDEX "notice_state_due_at_idx" ON "notice"("state", "due_at");

-- CreateIndex
CREATE INDEX "notice_addressee_id_created_at_idx" ON "notice"("addressee_id", "created_at");

-- CreateIndex
CREATE INDEX "notice_case_id_idx" ON "notice"("case_id");

-- CreateIndex
CREATE INDEX "dev_mail_message_id_idx" ON "dev_mail"("message_id");

-- CreateIndex
CREATE INDEX "dev_mail_received_at_idx" ON "dev_mail"("received_at");

-- CreateIndex
CREATE UNIQUE INDEX "incident_key_key" ON "incident"("key");

-- CreateIndex
CREATE INDEX "incident_case_id_idx" ON "incident"("case_id");

-- AddForeignKey
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_region_code_fkey" FOREIGN KEY ("region_code") REFERENCES "region"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "employment" ADD CONSTRAINT "employment_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "employment" ADD CONSTRAINT "employment_organisation_id_fkey" FOREIGN KEY ("organisation_id") REFERENCES "organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "role_assignment" ADD CONSTRAINT "role_assignment_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "expert" ADD CONSTRAINT "expert_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "register_history" ADD CONSTRAINT "register_history_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "register_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "study_group" ADD CONSTRAINT "study_group_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "register_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
