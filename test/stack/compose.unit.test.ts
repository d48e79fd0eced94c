import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig, projectRoot } from '../../platform/config.ts';

type Service = {
  image?: string;
  build?: { context: string; target: string };
  command?: string[];
  restart?: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  ports?: string[];
  healthcheck?: { test: string[] };
};
type Compose = { services: Record<string, Service>; volumes: Record<string, unknown> };

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build);
const dockerfile = read('Dockerfile');

test('every program named in the compose file and the Dockerfile exists', () => {
  const commands = ours.flatMap(([, { command, healthcheck }]) => [...(command ?? []), ...(healthcheck?.test ?? [])]);
  const programs = [...commands, ...(dockerfile.match(/[\w/-]+\.ts/g) ?? [])].filter((word) => word.endsWith('.ts'));
  expect(new Set(programs).size).toBeGreaterThanOrEqual(5);
  expect(programs.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});

test('every npm script named in the compose file and the Dockerfile exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...`${read('docker-compose.yml')}\n${dockerfile}`.matchAll(/npm run ([\w:-]+)/g)].map(
    ([, name]) => name ?? '',
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !scripts[name])).toEqual([]);
});

test('every folder and file that is mounted or built from exists', () => {
  const targets = [...dockerfile.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name);
  for (const [, { build }] of ours) expect(targets).toContain(build?.target);
  const mounted = services.flatMap(([, { volumes }]) => (volumes ?? []).map((volume) => volume.split(':')[0] ?? ''));
  for (const source of mounted) {
    expect(source.startsWith('.') ? existsSync(join(projectRoot, source)) : source in compose.volumes).toBe(true);
  }
});

test('each of our programs gets settings that it accepts', () => {
  const secret = Buffer.alloc(32, 1).toString('base64');
  const given: Record<string, string> = {
    POSTGRES_PASSWORD: 'word',
    CODEC_KEYS: `k1:${secret}`,
    PERSON_KEY_SECRET: secret,
    SESSION_SECRET: secret,
  };
  for (const [name, { environment = {} }] of ours) {
    const values = Object.entries(environment).map(([key, value]) => [key, interpolate(String(value), given)]);
    expect(() => loadConfig(Object.fromEntries(values) as Record<string, string>), name).not.toThrow();
  }
});

test('secrets are never written into the files', () => {
  for (const [, { environment = {} }] of services) {
    for (const [key, value] of Object.entries(environment)) {
      if (/PASSWORD|PWD|SECRET|CODEC_KEYS|API_KEY/.test(key)) expect(value).toMatch(/^\$\{\w+:[?-][^}]*\}$/);
    }
  }
});

test('every lasting service has a health check or only shows pages, and waits for what it needs', () => {
  for (const [name, service] of services) {
    const isTask = service.restart?.startsWith('on-failure') ?? false;
    if (!isTask && name !== 'temporal-ui') expect(service.healthcheck, name).toBeDefined();
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      const other = compose.services[needed];
      const isOtherTask = other?.restart?.startsWith('on-failure') ?? false;
      expect(condition, `${name} waits for ${needed}`).toBe(
        isOtherTask ? 'service_completed_successfully' : 'service_healthy',
      );
    }
  }
});

test('images are pinned, and nothing listens beyond this machine', () => {
  for (const [, { image, ports = [] }] of services) {
    expect(image).toMatch(/:\d/);
    for (const published of ports) expect(published).toMatch(/^127\.0\.0\.1:/);
  }
  expect(dockerfile).toMatch(/^USER node$/m);
});

/** `${NAME:-fallback}` and `${NAME:?message}`, nested ones from the inside out. */
function interpolate(text: string, given: Record<string, string>): string {
  const innermost = /\$\{(\w+):([?-])([^${}]*)\}/;
  let result = text;
  for (let found = innermost.exec(result); found; found = innermost.exec(result)) {
    const [whole, name = '', kind, rest = ''] = found;
    const value = given[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name}: ${rest}`);
    result = result.replace(whole, () => value);
  }
  return result;
}
