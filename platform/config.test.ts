import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { ConfigError, describeConfig, loadConfig } from './config.ts';

const key = randomBytes(32).toString('base64');
const complete = {
  DATABASE_URL: 'postgresql://user:p%40ss@db.example:5432/traektoria',
  TEMPORAL_ADDRESS: 'engine:7233',
  SMTP_URL: 'smtp://robot:mailpass@mail.example:587',
  CODEC_KEYS: `k2:${key},k1:${key}`,
  PERSON_KEY_SECRET: 'p'.repeat(40),
  SESSION_SECRET: 's'.repeat(40),
};

test('reads a complete environment and fills in the rest', () => {
  const config = loadConfig(complete);
  expect(config.codecKeys.map(({ id }) => id)).toEqual(['k2', 'k1']);
  expect(config.temporal).toEqual({ address: 'engine:7233', namespace: 'traektoria', taskQueue: 'traektoria' });
  expect(config.api.publicUrl).toBe('http://127.0.0.1:3000');
  expect(config.embedded).toBe(false);
});

test('names every problem at once and shows no value', () => {
  const broken = {
    ...complete,
    DATABASE_URL: 'mysql://root:hunter2@x/y',
    SESSION_SECRET: 'short-hunter2',
    CODEC_KEYS: 'k1:aHVudGVyMg==',
    SMTP_URL: '',
  };
  let error: unknown;
  try {
    loadConfig(broken);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).problems.map((problem) => problem.split(':')[0])).toEqual([
    'DATABASE_URL',
    'SMTP_URL',
    'CODEC_KEYS',
    'SESSION_SECRET',
  ]);
  expect((error as ConfigError).message).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('a description of the settings holds no secret', () => {
  const shown = JSON.stringify(describeConfig(loadConfig({ ...complete, TEMPORAL_API_KEY: 'api-key-value' })));
  for (const secret of ['p%40ss', 'mailpass', key, 'p'.repeat(40), 's'.repeat(40), 'api-key-value'])
    expect(shown).not.toContain(secret);
});

test('a client certificate without its key is refused', () => {
  expect(() => loadConfig({ ...complete, TEMPORAL_TLS_CERT: '/nowhere.pem' })).toThrow(
    /TEMPORAL_TLS_CERT и TEMPORAL_TLS_KEY/,
  );
});

test('a fault for tests of kill -9 is never on in production', () => {
  expect(loadConfig({ ...complete, TRAEKTORIA_FAULT: 'after-commit:3' }).fault).toEqual({
    point: 'after-commit',
    nth: 3,
  });
  expect(() => loadConfig({ ...complete, TRAEKTORIA_FAULT: 'after-commit:3', NODE_ENV: 'production' })).toThrow(
    /TRAEKTORIA_FAULT/,
  );
  expect(() => loadConfig({ ...complete, TRAEKTORIA_FAULT: 'sometimes' })).toThrow(/TRAEKTORIA_FAULT/);
});
