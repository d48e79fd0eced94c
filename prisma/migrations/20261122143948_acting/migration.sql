-- AlterTable
ALTER TABLE "access_log" ADD COLUMN     "on_behalf_of" UUID;

-- AlterTable
ALTER TABLE "case_event" ADD COLUMN     "acting_act" TEXT;

-- AlterTable
ALTER TABLE "notice" ADD COLUMN     "on_behalf_of" JSONB;
