import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../prisma/generated/client.ts';

export type Prisma = PrismaClient;

/** The client for reads: lists, case pages, registers. Cases are written by `activities/apply-action.ts` alone. */
export function createPrisma(databaseUrl: string, options: { schema?: string; max?: number } = {}): Prisma {
  const adapter = new PrismaPg(
    { connectionString: databaseUrl, max: options.max ?? 10 },
    options.schema ? { schema: options.schema } : undefined,
  );
  return new PrismaClient({ adapter });
}
