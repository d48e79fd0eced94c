// Makes sure that a Temporal server for the tests is there, building it if need be; says what it does.
import { EngineMissingError, resolveEngine } from '../platform/stack/engine.ts';

try {
  await resolveEngine({
    env: { ...process.env, TEMPORAL_ADDRESS: '' },
    preferServer: true,
    progress: (text) => console.log(`движок: ${text}`),
  });
} catch (error) {
  console.error(error instanceof EngineMissingError ? error.message : error);
  process.exit(1);
}
