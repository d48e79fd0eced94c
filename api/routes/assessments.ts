import { actOnCase } from '../commands.ts';
import {
  complainAsPayer,
  getAssessment,
  listExamSessions,
  listReferrals,
  listReferralStaff,
} from '../contract/assessments.ts';
import type { ApiDeps } from '../ports.ts';
import {
  listReferrals as readReferrals,
  listSessions,
  listStaff,
  readAssessment,
  requireReferral,
} from '../queries/assessments.ts';
import { viewerOf } from '../session.ts';
import { type App, read, writing } from './kit.ts';

/** Assessments beyond what every process has: free seats, the view of a case, and the little an employer may know. */
export function assessmentRoutes(app: App, deps: ApiDeps): void {
  app.openapi(getAssessment, async (c) =>
    c.json(await read(deps, c, (tx) => readAssessment(deps, tx, c.req.valid('param').id)), 200),
  );
  app.openapi(listExamSessions, async (c) => c.json({ items: await listSessions(deps, c.req.valid('query')) }, 200));
  app.openapi(listReferrals, async (c) => c.json({ items: await readReferrals(deps, viewerOf(c)) }, 200));
  app.openapi(listReferralStaff, async (c) => c.json({ items: await listStaff(deps, viewerOf(c)) }, 200));
  app.openapi(complainAsPayer, async (c) => {
    const { id } = c.req.valid('param');
    await requireReferral(deps, viewerOf(c), id);
    const on = { caseId: id, process: 'qualification-assessment', versions: 0 };
    await actOnCase(deps, writing(deps, c), on, 'complain', c.req.valid('json'));
    return c.json({ referralId: id }, 200);
  });
}
