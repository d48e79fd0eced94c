import { Readable } from 'node:stream';
import { attachmentHeader } from '../../platform/documents/name.ts';
import { actOf, actOnCase, commandIdOf, denied, startCase } from '../commands.ts';
import {
  compareVersions,
  getCase,
  getCaseDocument,
  getTransferPackage,
  getCaseEvents,
  getCaseHistory,
  listCases,
  postAction,
  postFact,
  reconcileCase,
  startCase as startRoute,
} from '../contract/cases.ts';
import { audit, onceSent } from '../idempotent.ts';
import { packageSheet, readPackage } from '../mentoring-package.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, invalid, notFound, NotYetRecorded, zodErrors } from '../problems.ts';
import { listCases as readCases } from '../queries/case-list.ts';
import { readCase } from '../queries/case-view.ts';
import { compareProgrammes } from '../queries/compare.ts';
import { openDocument } from '../queries/documents.ts';
import { readEvents } from '../queries/events.ts';
import { readHistory } from '../queries/history.ts';
import { findPlaceToAct, loadCase } from '../queries/load-case.ts';
import { viewerOf } from '../session.ts';
import { seesCases } from '../visibility.ts';
import { type App, etagOf, read, writing } from './kit.ts';

export function caseRoutes(app: App, deps: ApiDeps): void {
  app.openapi(startRoute, async (c) => {
    const { process, action, jurisdiction, body } = c.req.valid('json');
    return c.json(
      await startCase(deps, writing(deps, c), {
        process,
        action: action ?? 'submit',
        jurisdiction: jurisdiction ?? 'fed',
        body,
        keyObject: process,
      }),
      201,
    );
  });

  app.openapi(listCases, async (c) => {
    if (!seesCases(viewerOf(c).reach)) return c.json({ items: [], next: null }, 200);
    return c.json(await read(deps, c, (tx) => readCases(tx, c.req.valid('query'))), 200);
  });

  app.openapi(getCase, async (c) => {
    const view = await read(deps, c, (tx) => readCase(deps, tx, c.req.valid('param').id));
    c.header('ETag', etagOf(view.sequence));
    return c.json(view, 200);
  });

  app.openapi(getCaseEvents, async (c) => {
    const { id } = c.req.valid('param');
    const { personalRead, ...page } = await read(deps, c, (tx) => readEvents(deps, tx, id, c.req.valid('query')));
    // Every read of texts about people is itself a record.
    if (personalRead.length > 0)
      await audit(deps.sql, {
        row: 'ACCESS-03',
        kind: 'personal.read',
        subjectId: id,
        by: viewerOf(c).actor,
        requestId: c.get('requestId'),
        facts: { events: personalRead },
      });
    return c.json(page, 200);
  });

  app.openapi(getCaseHistory, async (c) =>
    c.json((await read(deps, c, (tx) => readHistory(deps, tx, c.req.valid('param').id))) as never, 200),
  );

  app.openapi(postAction, async (c) => {
    const { id, type } = c.req.valid('param');
    const context = writing(deps, c);
    const place = await findPlaceToAct(deps, context.viewer, id, commandIdOf(deps, context, actOf(id, type)));
    return c.json(await actOnCase(deps, context, { caseId: id, ...place }, type, c.req.valid('json')), 200);
  });

  app.openapi(postFact, async (c) => {
    const { id } = c.req.valid('param');
    const { factId, kind, body } = c.req.valid('json');
    const { viewer, requestId, idempotencyKey } = writing(deps, c);
    const reporters = [
      'centre_operator',
      'council',
      'fed_operator',
      'fed_coordinator',
      'registry_keeper',
      'hr_officer',
      'founder_rep',
      'admin',
    ] as const;
    if (!reporters.some((role) => viewer.roles.has(role)))
      throw forbidden('Факты извне записывают сотрудники координатора, учредитель, кадры и администраторы.');
    const kase = await read(deps, c, (tx) => loadCase(deps, tx, id));
    // The case hears a fact from the platform, which is tied to nobody: whoever reports it is asked about here.
    const tied = kase.process.segregated(kase.row.state, viewer.actor);
    if (tied) throw denied(deps, tied);
    if (!kase.kinds.includes('staff') && !kase.kinds.includes('office')) throw notFound();
    const contract = deps.faces[kase.row.process]?.facts[kind];
    if (!contract) throw invalid([{ pointer: '/kind', detail: 'Такого факта нет.' }]);
    if (!kase.kinds.includes('staff') && !contract.byOffice)
      throw forbidden('Такой факт записывают сотрудники координатора, не кадровая служба.');
    const parsed = contract.body.safeParse(body);
    if (!parsed.success) throw invalid(zodErrors(parsed.error, '/body'));
    const of = { personId: viewer.personId, route: 'fact', objectId: id, idempotencyKey };
    const send = async () => {
      const sent = await deps.cases
        .sendFact(id, { factId, kind, payload: parsed.data as Record<string, unknown>, requestId })
        .catch((error: unknown) => {
          deps.log.warn({ err: error, caseId: id }, 'a fact was not sent');
          throw new NotYetRecorded();
        });
      if (sent.kind === 'refused') throw denied(deps, sent.denial);
    };
    const record = {
      row: 'FACT-01',
      kind: 'fact.sent',
      subjectId: id,
      by: viewer.actor,
      requestId,
      facts: { factId, kind },
    };
    await onceSent(deps, of, { factId, kind, body }, send, (tx) => audit(tx, record));
    return c.json({ caseId: id, factId }, 202);
  });

  app.openapi(reconcileCase, async (c) => {
    const { id } = c.req.valid('param');
    const { viewer, requestId, idempotencyKey } = writing(deps, c);
    if (!viewer.reach.admin) throw notFound();
    await read(deps, c, (tx) => loadCase(deps, tx, id));
    const of = { personId: viewer.personId, route: 'reconcile', objectId: id, idempotencyKey };
    const send = async () => {
      const outcome = await deps.cases.reconcileCase(id).catch((error: unknown) => {
        deps.log.warn({ err: error, caseId: id }, 'a case was not reconciled');
        throw new NotYetRecorded();
      });
      if (outcome === 'closed')
        throw new ApiProblem(409, { code: 'case_closed', detail: 'Дело завершено, сверять нечего.' });
    };
    const record = { row: 'ADMIN-01', kind: 'case.reconciled', subjectId: id, by: viewer.actor, requestId, facts: {} };
    await onceSent(deps, of, {}, send, (tx) => audit(tx, record));
    return c.json({ caseId: id }, 202);
  });

  app.openapi(getCaseDocument, async (c) => {
    const { id, document: ref } = c.req.valid('param');
    const document = await read(deps, c, (tx) => openDocument(deps, tx, id, ref));
    const { content } = document;
    const body = content instanceof Readable ? (Readable.toWeb(content) as ReadableStream) : Buffer.from(content);
    return new Response(body, {
      status: 200,
      headers: {
        'content-type': document.mime === 'application/json' ? 'application/json; charset=utf-8' : document.mime,
        // A document never runs in the page: it is saved, or read by the screen as data.
        'content-disposition': attachmentHeader(document.name),
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        etag: `"${document.sha256}"`,
      },
    }) as never;
  });

  app.openapi(getTransferPackage, async (c) => {
    const { id, file } = c.req.valid('param');
    const found = await read(deps, c, async (tx) =>
      readPackage(tx.sql, await loadCase(deps, tx, id, { what: 'document' })),
    );
    if (!found) throw notFound();
    const sheet = file === 'sheet.html';
    return new Response(sheet ? packageSheet(found) : found.json, {
      status: 200,
      headers: {
        'content-type': sheet ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
        'content-disposition': attachmentHeader(`Пакет ${found.file.from.number ?? id}.${sheet ? 'html' : 'json'}`),
        'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        etag: `"${found.sha256}"`,
      },
    }) as never;
  });

  app.openapi(compareVersions, async (c) => {
    const { from, to } = c.req.valid('query');
    return c.json(
      (await read(deps, c, (tx) => compareProgrammes(deps, tx, c.req.valid('param').id, from, to))) as never,
      200,
    );
  });
}
