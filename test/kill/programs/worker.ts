// The production worker with the fixture process beside the real ones.
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../platform/config.ts';
import { serveWorker } from '../../../worker/serve-worker.ts';
import './fixtures.ts';

await serveWorker(loadConfig(), {
  workflowsPath: fileURLToPath(new URL('../../fixtures/workflows.ts', import.meta.url)),
});
