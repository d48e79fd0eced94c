-- AlterTable
ALTER TABLE "document" ADD COLUMN     "erased_at" TIMESTAMPTZ(3),
ADD COLUMN     "next_scan_at" TIMESTAMPTZ(3),
ADD COLUMN     "scan" TEXT NOT NULL DEFAULT 'unscanned',
ADD COLUMN     "scan_attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "scan_note" TEXT,
ADD COLUMN     "scanned_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "chain_root" (
    "day" TEXT NOT NULL,
    "computed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "cases" INTEGER NOT NULL,
    "root" BYTEA NOT NULL,
    "records" INTEGER NOT NULL,
    "records_digest" BYTEA NOT NULL,
    "previous" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "chain_root_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "chain_head" (
    "day" TEXT NOT NULL,
    "case_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "chain_head_pkey" PRIMARY KEY ("day","case_id")
);

-- CreateTable
CREATE TABLE "access_log" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "reader_id" UUID NOT NULL,
    "reader_as" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "case_id" UUID,
    "request_id" TEXT,

    CONSTRAINT "access_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "consent" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "text_version" INTEGER NOT NULL,
    "text_digest" TEXT NOT NULL,
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "until_on" TEXT,
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "consent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "personal_request" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "office" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "body" BYTEA,
    "policy_version_id" TEXT NOT NULL,
    "due_on" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "derivation" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" UUID,
    "answer" BYTEA,
    "effects" JSONB,

    CONSTRAINT "personal_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document_upload" (
    "sha256" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "name" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_upload_pkey" PRIMARY KEY ("sha256","person_id")
);

-- CreateIndex
CREATE INDEX "chain_head_case_id_sequence_idx" ON "chain_head"("case_id", "sequence");

-- CreateIndex
CREATE INDEX "access_log_person_id_at_idx" ON "access_log"("person_id", "at");

-- CreateIndex
CREATE INDEX "consent_person_id_purpose_idx" ON "consent"("person_id", "purpose");

-- CreateIndex
CREATE INDEX "personal_request_person_id_idx" ON "personal_request"("person_id");

-- CreateIndex
CREATE INDEX "personal_request_state_due_at_idx" ON "personal_request"("state", "due_at");

-- CreateIndex
CREATE INDEX "document_upload_person_id_idx" ON "document_upload"("person_id");

-- CreateIndex
CREATE INDEX "case_event_recorded_at_idx" ON "case_event" USING BRIN ("recorded_at");

-- CreateIndex
CREATE INDEX "document_scan_next_scan_at_idx" ON "document"("scan", "next_scan_at");

-- Evidence is only ever added to. Who may drop a trigger may still rewrite a table, and is found by the published roots.
CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE ON "audit_record" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE ON "access_log" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_root_append_only BEFORE UPDATE OR DELETE ON "chain_root" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_head_append_only BEFORE UPDATE OR DELETE ON "chain_head" FOR EACH ROW EXECUTE FUNCTION refuse_change();
