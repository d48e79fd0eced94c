import { fileURLToPath } from 'node:url';

/**
 * Flags of Node for the programs of the product (API, worker, mailbox), the same as in the Dockerfile. Young objects have 32 MB
 * instead of 16: what one act makes is garbage a moment later, and copying it around costs more than the memory.
 */
export const nodeFlags: readonly string[] = [
  '--max-semi-space-size=32',
  '--import',
  'tsx',
  '--import',
  fileURLToPath(new URL('threads.mjs', import.meta.url)),
];
