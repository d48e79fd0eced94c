// A worker as a process of its own.
import { loadConfig } from '../platform/config.ts';
import { serveWorker } from './serve-worker.ts';

await serveWorker(loadConfig());
