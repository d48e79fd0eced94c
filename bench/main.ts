// npm run bench: ratios and times of one run on one machine. Bounded, stops by itself, touches nothing outside its own folder.
// npm run bench -- throughput latency inbox: only these parts. --quick: fewer rounds. --profile <folder>: CPU profiles of the worker and the API.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureInbox } from './inbox.ts';
import { measureLatency } from './latency.ts';
import { setStage } from './stage.ts';
import { measureThroughput } from './throughput.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const wants = (part: string) => positionals.length === 0 || positionals.includes(part);
const quick = values.quick;

const stage = await setStage(values.profile ? { profile: values.profile } : {});
const forced = setTimeout(() => {
  console.error('the bench did not end within ten minutes');
  void stage.stop().then(() => process.exit(1));
}, 600_000);
try {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
  const { engine, postgres } = stage.versions;
  console.log(
    `${new Date().toISOString()}, ${machine}, Temporal ${engine}, PostgreSQL ${postgres}, fsync and synchronous_commit on`,
  );
  console.log('Everything (servers, worker, API, clients) shares these cores; compare ratios, not machines.');
  if (wants('throughput')) {
    console.log('(a) throughput');
    await measureThroughput(stage, { rounds: quick ? 3 : 7, cases: quick ? 96 : 256, clients: 32 });
  }
  if (wants('latency')) {
    console.log('(b) latency at low load');
    await measureLatency(stage, quick ? 50 : 200);
  }
  if (wants('inbox')) {
    console.log('(c) inbox');
    await measureInbox(stage, quick ? 60 : 300);
  }
} finally {
  clearTimeout(forced);
  await stage.stop();
}
process.exit(0);
