-- The last letter to a person who was erased goes where his card said until then.
-- AlterTable
ALTER TABLE "notice" ADD COLUMN     "address" TEXT;
