// npm run bench: ratios and times of one run on one machine. Bounded, stops by itself, touches nothing outside its own folder.
// npm run bench -- throughput latency inbox: only these parts. npm run bench -- mentoring: ten thousand cycles and two thousand reviews open at
// once, for half an hour; only when it is named. --quick: fewer rounds. --profile <folder>: CPU profiles of the worker and the API.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureInbox } from './inbox.ts';
import { measureMentoring } from './mentoring.ts';
import { measureLatency } from './latency.ts';
import { setStage } from './stage.ts';
import { measureThroughput } from './throughput.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
});
const wants = (part: string) => positionals.length === 0 || positionals.includes(part);
const quick = values.quick;

const mentoring = positionals.includes('mentoring');
const limitMinutes = mentoring ? (quick ? 15 : 60) : 25;
let sound = true;

const stage = await setStage(values.profile ? { profile: values.profile } : {});
const forced = setTimeout(() => {
  console.error(`the bench did not end within ${limitMinutes} minutes`);
  void stage.stop().then(() => process.exit(1));
}, limitMinutes * 60_000);
try {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}`;
  const { engine, postgres } = stage.versions;
  console.log(
    `${new Date().toISOString()}, ${machine}, Temporal ${engine}, PostgreSQL ${postgres}, fsync and synchronous_commit on`,
  );
  console.log('Everything (servers, worker, API, clients) shares these cores; compare ratios, not machines.');
  if (wants('throughput')) {
    console.log('(a) throughput');
    await measureThroughput(stage, { rounds: quick ? 3 : 7, cases: quick ? 96 : 192, clients: 32 });
  }
  if (wants('latency')) {
    console.log('(b) latency at low load');
    await measureLatency(stage, quick ? 50 : 200);
  }
  if (wants('inbox')) {
    console.log('(c) inbox');
    await measureInbox(stage, quick ? 60 : 300);
  }
  if (mentoring) {
    console.log('(d) mentoring');
    const timers = quick ? { minutes: 2, perMinute: 10 } : { minutes: 5, perMinute: 20 };
    sound = await measureMentoring(stage, {
      cycles: quick ? 1_000 : 10_000,
      reviews: quick ? 200 : 2_000,
      clients: 16,
      timers,
      samples: quick ? 100 : 400,
    });
  }
} finally {
  clearTimeout(forced);
  await stage.stop();
}
process.exit(sound ? 0 : 1);
