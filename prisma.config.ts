// `prisma generate` never runs the schema engine, yet the CLI tries to download one before it starts. Naming any executable
// file here skips the download; migrations run in WebAssembly instead (platform/db/migrate.ts). Where the real engine is
// installed, its own variable wins and the whole Prisma CLI works as usual.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://traektoria@127.0.0.1:5432/traektoria' },
});
