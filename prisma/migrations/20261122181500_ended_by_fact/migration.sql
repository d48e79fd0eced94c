-- What an employment event ended is marked by it, so that its correction brings back that and nothing else.
-- AlterTable
ALTER TABLE "employment" ADD COLUMN     "ended_by_fact" TEXT;

-- AlterTable
ALTER TABLE "role_assignment" ADD COLUMN     "ended_by_fact" TEXT,
ADD COLUMN     "to_on_before" TEXT;
