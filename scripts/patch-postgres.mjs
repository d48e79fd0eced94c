// The driver `postgres` 3.4.9 has known faults when a connection dies in the middle of work: a small write that waits for the next
// turn of the loop reaches a socket that is gone and ends the whole process (porsager/postgres#1208); the timer of that write stays
// and nothing that is asked over the renewed connection ever leaves; the last error of the old connection is given to the first
// question over the new one. This script corrects them in node_modules, for either module format. It runs after every
// installation, changes nothing the second time, and says so when it meets another version. See platform/db/pool-deaths.test.ts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const known = '3.4.9';
const mark = '// patched by scripts/patch-postgres.mjs';
const forgetWrite = 'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null';

const lastOfClosed =
  "    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))\n";

const changes = [
  [
    '  function nextWrite(fn) {\n',
    `  ${mark}
  function nextWrite(fn) {
    if (socket === null) {
      ${forgetWrite.replace('\n    ', '\n      ')}
      const gone = Errors.connection('CONNECTION_CLOSED', options, socket)
      query && queryError(query, gone)
      while (sent.length)
        queryError(sent.shift(), gone)
      query = null
      return false
    }
`,
    1,
  ],
  [
    lastOfClosed,
    `${lastOfClosed}    query = results = errorResponse = null
    result = new Result()
`,
    1,
  ],
  // terminate() and closed(); the third place, in nextWrite itself, resets them already and reads otherwise.
  ['    clearImmediate(nextWriteTimer)\n', `    ${forgetWrite}\n`, 2],
];

export function patchPostgres() {
  const home = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/postgres');
  if (!existsSync(home)) return;
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  for (const folder of ['src', 'cjs/src']) {
    const file = join(home, folder, 'connection.js');
    const text = readFileSync(file, 'utf8');
    if (text.includes(mark)) continue;
    if (version !== known)
      throw new Error(`postgres ${version} is not ${known}: look whether scripts/patch-postgres.mjs is still needed`);
    let patched = text;
    for (const [from, to, times] of changes.toReversed()) {
      if (patched.split(from).length - 1 !== times) throw new Error(`${file} does not read as expected at: ${from}`);
      patched = patched.replaceAll(from, to);
    }
    writeFileSync(file, patched);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) patchPostgres();
