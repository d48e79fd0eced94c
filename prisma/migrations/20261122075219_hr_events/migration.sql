-- AlterTable
ALTER TABLE "organisation" ADD COLUMN     "authority_id" UUID,
ADD COLUMN     "municipality" TEXT,
ADD COLUMN     "rural" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "hr_batch" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sha256" TEXT,
    "encoding" TEXT,
    "separator" TEXT,
    "ignored" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL,
    "reported_by" UUID NOT NULL,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "hr_batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hr_row" (
    "batch_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "raw" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "faults" JSONB NOT NULL DEFAULT '[]',
    "fact_id" TEXT,
    "event" JSONB,
    "effects" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "hr_row_pkey" PRIMARY KEY ("batch_id","line")
);

-- CreateTable
CREATE TABLE "hr_event" (
    "id" UUID NOT NULL,
    "fact_id" TEXT NOT NULL,
    "batch_id" UUID NOT NULL,
    "line" INTEGER NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "on_day" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "place_id" UUID,
    "state" TEXT NOT NULL,
    "told" JSONB NOT NULL DEFAULT '[]',
    "corrects" UUID,
    "reason" TEXT,
    "reported_by" UUID NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "hr_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "hr_batch_created_at_idx" ON "hr_batch"("created_at");

-- CreateIndex
CREATE INDEX "hr_batch_state_idx" ON "hr_batch"("state");

-- CreateIndex
CREATE INDEX "hr_row_fact_id_idx" ON "hr_row"("fact_id");

-- CreateIndex
CREATE UNIQUE INDEX "hr_event_fact_id_key" ON "hr_event"("fact_id");

-- CreateIndex
CREATE INDEX "hr_event_person_id_on_day_idx" ON "hr_event"("person_id", "on_day");

-- CreateIndex
CREATE INDEX "hr_event_batch_id_idx" ON "hr_event"("batch_id");

-- CreateIndex
CREATE INDEX "hr_event_place_id_reported_at_idx" ON "hr_event"("place_id", "reported_at");

-- CreateIndex
CREATE INDEX "organisation_authority_id_idx" ON "organisation"("authority_id");

-- AddForeignKey
ALTER TABLE "hr_row" ADD CONSTRAINT "hr_row_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "hr_batch"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
