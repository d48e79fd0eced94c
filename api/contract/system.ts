import { createRoute, z } from '@hono/zod-openapi';
import { json, problems, Sha256, writeProblems } from './common.ts';

/** One message of the stream: what changed, never how; the reader asks again through the API. */
export const StreamMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('case'), caseId: z.string(), sequence: z.number().int() }),
  z.object({ kind: z.literal('notice') }),
  z.object({ kind: z.literal('inbox') }),
]);
export type StreamMessage = z.infer<typeof StreamMessage>;

export const stream = createRoute({
  method: 'get',
  path: '/api/stream',
  tags: ['Обновления'],
  summary: 'Поток обновлений (SSE), только то, что мне видно; Last-Event-ID продолжает с места обрыва',
  responses: {
    ...problems,
    200: { description: 'Сообщения StreamMessage', content: { 'text/event-stream': { schema: z.string() } } },
  },
});
export const putFile = createRoute({
  method: 'put',
  path: '/api/files',
  tags: ['Файлы'],
  summary: 'Загрузить файл; адрес содержимого = sha256',
  request: {
    headers: z.object({
      'x-file-name': z.string().max(600).optional().meta({ description: 'Имя файла, encodeURIComponent' }),
    }),
    body: {
      required: true as const,
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
  },
  responses: {
    ...writeProblems,
    201: json(
      z.object({
        sha256: Sha256,
        size: z.number().int(),
        name: z.string().nullable(),
        mime: z.string().meta({ description: 'По содержимому, не по имени' }),
        scan: z.enum(['unscanned', 'pending', 'clean', 'infected']).meta({
          description: 'pending: в карантине до проверки; unscanned: проверка на этой установке не настроена',
        }),
      }),
      'Сохранён',
    ),
  },
});
export const live = createRoute({
  method: 'get',
  path: '/health/live',
  tags: ['Состояние'],
  summary: 'Процесс жив',
  security: [],
  responses: { 200: json(z.object({ status: z.literal('ok') })) },
});
const Ready = z.object({
  status: z.enum(['ok', 'fail']),
  checks: z.object({ database: z.enum(['ok', 'fail']), engine: z.enum(['ok', 'fail']) }),
});
export const ready = createRoute({
  method: 'get',
  path: '/health/ready',
  tags: ['Состояние'],
  summary: 'База данных и движок отвечают',
  security: [],
  responses: { 200: json(Ready), 503: json(Ready, 'Не готов') },
});

export const systemRoutes = [stream, putFile, live, ready] as const;
