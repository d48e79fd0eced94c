-- A name in a list is noted once a day for each reader, case and kind of reading, whoever else asks at the same moment.
-- AlterTable
ALTER TABLE "access_log" ADD COLUMN     "once" UUID;

-- CreateIndex
CREATE UNIQUE INDEX "access_log_person_id_once_key" ON "access_log"("person_id", "once");
