-- CreateIndex
CREATE INDEX "case_started_at_id_idx" ON "case"("started_at" DESC, "id" DESC);
