// Loaded into every thread of a program. The sandbox of workflows compiles a line of code for every activation, and Node would look
// for the source map of each; its stack traces are mapped by the engine's library anyway.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) process.setSourceMapsEnabled(false);
