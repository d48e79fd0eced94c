import { createHash } from 'node:crypto';
import { attachmentHeader } from '../../platform/documents/name.ts';
import { caseAuditBook } from '../case-audit-book.ts';
import { caseAuditPage } from '../case-audit-page.ts';
import { type CaseAudit, getCaseAudit } from '../contract/case-audit.ts';
import { audit } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { readCaseAudit } from '../queries/case-audit.ts';
import { viewerOf } from '../session.ts';
import { type App, read } from './kit.ts';

interface Form {
  type: string;
  extension: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const textForm = (type: string, extension: string, content: string): Form => ({
  type: `${type}; charset=utf-8`,
  extension,
  bytes: new TextEncoder().encode(content),
});

/** The same file for a program, for a table and for paper. */
const FORMS: Record<'json' | 'xlsx' | 'html', (file: CaseAudit) => Form | Promise<Form>> = {
  json: (file) => textForm('application/json', 'json', JSON.stringify(file)),
  html: (file) => textForm('text/html', 'html', caseAuditPage(file)),
  xlsx: async (file) => ({
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extension: 'xlsx',
    bytes: await caseAuditBook(file),
  }),
};

/** The audit of one case as a file. That it was made is on record before it leaves, with its number and digest, so that it can be confirmed. */
export function caseAuditRoutes(app: App, deps: ApiDeps): void {
  app.openapi(getCaseAudit, async (c) => {
    const { id } = c.req.valid('param');
    const { format, after } = c.req.valid('query');
    const { file, personalRead } = await read(deps, c, (tx) => readCaseAudit(deps, tx, id, after));
    const { type, extension, bytes: body } = await FORMS[format](file);
    const sha256 = createHash('sha256').update(body).digest('hex');
    const by = viewerOf(c).actor;
    const requestId = c.get('requestId');
    const { number, part } = file;
    await audit(deps.sql, {
      row: 'ACCESS-10',
      kind: 'case.audit_made',
      subjectId: id,
      by,
      requestId,
      facts: { number, format, sha256, from: part.after + 1, to: part.to },
    });
    // Every read of texts about people is itself a record.
    if (personalRead.length > 0)
      await audit(deps.sql, {
        row: 'ACCESS-03',
        kind: 'personal.read',
        subjectId: id,
        by,
        requestId,
        facts: { events: personalRead },
      });
    return c.body(body, 200, {
      'content-type': type,
      'content-disposition': attachmentHeader(`Выписка из журнала ${file.case.number ?? number}.${extension}`),
      'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      etag: `"${sha256}"`,
    }) as never;
  });
}
