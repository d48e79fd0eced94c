// npm run compose:env > .env: secrets for docker-compose.yml, made anew each time it is run.
import { randomBytes } from 'node:crypto';

const lines = {
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  CODEC_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  PERSON_KEY_SECRET: randomBytes(32).toString('base64'),
  SESSION_SECRET: randomBytes(32).toString('base64'),
};
for (const [name, value] of Object.entries(lines)) console.log(`${name}=${value}`);
