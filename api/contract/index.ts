/** Every route of the API. The web application types its client from this list by `import type`, so nothing of it runs there. */
import { accessRoutes } from './access.ts';
import { adminRoutes } from './admin.ts';
import { assessmentRoutes } from './assessments.ts';
import { attestationRoutes } from './attestation.ts';
import { caseAuditRoutes } from './case-audit.ts';
import { caseRoutes } from './cases.ts';
import { draftRoutes } from './drafts.ts';
import { evidenceRoutes } from './evidence.ts';
import { hrEventRoutes } from './hr-events.ts';
import { identityRoutes } from './identity.ts';
import { inboxRoutes } from './inbox.ts';
import { peopleRoutes } from './people.ts';
import { personalRoutes } from './personal.ts';
import { processRoutes } from './processes.ts';
import { registerRoutes } from './registers.ts';
import { reportRoutes } from './reports.ts';
import { sessionRoutes } from './session.ts';
import { systemRoutes } from './system.ts';

export const routes = [
  ...sessionRoutes,
  ...identityRoutes,
  ...inboxRoutes,
  ...processRoutes,
  ...draftRoutes,
  ...caseRoutes,
  ...assessmentRoutes,
  ...attestationRoutes,
  ...registerRoutes,
  ...peopleRoutes,
  ...hrEventRoutes,
  ...adminRoutes,
  ...evidenceRoutes,
  ...caseAuditRoutes,
  ...personalRoutes,
  ...reportRoutes,
  ...accessRoutes,
  ...systemRoutes,
] as const;

export * from './access.ts';
export * from './admin.ts';
export * from './assessments.ts';
export * from './attestation.ts';
export * from './case-audit.ts';
export * from './cases.ts';
export * from './common.ts';
export * from './drafts.ts';
export * from './evidence.ts';
export * from './hr-events.ts';
export * from './identity.ts';
export * from './inbox.ts';
export * from './people.ts';
export * from './personal.ts';
export * from './processes.ts';
export * from './registers.ts';
export * from './reports.ts';
export * from './session.ts';
export * from './system.ts';
