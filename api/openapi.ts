/** The OpenAPI document and the page that shows it: everything from this host, nothing from elsewhere. */
import { PLATFORM_VERSION } from '../platform/version.ts';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { App } from './routes/kit.ts';

const description = `Платформа «Траектория»: процессы национальной системы профессионального роста.

- Вход: \`POST /api/session\` даёт токен; передавайте его как \`Authorization: Bearer …\` или пользуйтесь cookie.
- Запись: заголовок \`Idempotency-Key\`. Тот же ключ с тем же телом безопасен и даёт тот же ответ; ответ 503 \`not_yet_recorded\` значит «повторите с тем же ключом».
- Отказ: \`application/problem+json\` с кодом, предложением по-русски, указателями полей и тем, что возможно сейчас.
- Правка вдвоём: прочитайте \`ETag\`, пришлите его в \`If-Match\`; 412 называет более новую версию.
- Списки: \`cursor\` из \`next\` предыдущей страницы; порядок не меняется, когда добавляются записи.`;

const init = `Scalar.createApiReference('#app', {
  url: '/api/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  agent: { disabled: true },
  mcp: { disabled: true },
  theme: 'default',
});
`;

const page = `<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>API «Траектории»</title></head>
<body><div id="app"></div><script src="/api/reference/scalar.js"></script><script src="/api/reference/init.js"></script>
<noscript>Описание API: <a href="/api/openapi.json">openapi.json</a></noscript></body></html>`;

const packageFile = createRequire(import.meta.url).resolve('@scalar/api-reference');

function scalarFile(): string | undefined {
  for (let folder = dirname(packageFile); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'dist/browser/standalone.js');
    if (existsSync(file)) return file;
  }
  return undefined;
}

/** Mounts `/api/openapi.json` and `/api/reference`. */
export function mountOpenApi(app: App): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'http',
    scheme: 'bearer',
    description: 'Токен из POST /api/session',
  });
  let document: string | undefined;
  app.get('/api/openapi.json', (c) => {
    document ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'Траектория', version: PLATFORM_VERSION, description },
        servers: [{ url: '/' }],
        security: [{ session: [] }],
      }),
    );
    return c.body(document, 200, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'public, max-age=300',
    });
  });
  app.get('/api/docs', (c) => c.redirect('/api/reference'));
  app.get('/api/reference', (c) => c.html(page, 200, { 'cache-control': 'public, max-age=300' }));
  app.get('/api/reference/init.js', (c) =>
    c.body(init, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300' }),
  );
  app.get('/api/reference/scalar.js', (c) => {
    const file = scalarFile();
    if (!file) return c.notFound();
    return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
      'content-length': String(statSync(file).size),
    });
  });
}
