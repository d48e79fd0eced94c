import { getAttestationYear } from '../contract/attestation.ts';
import type { ApiDeps } from '../ports.ts';
import { readAttestationYear } from '../queries/attestation-year.ts';
import { type App, read } from './kit.ts';

/** What founders have beyond their cases: the year as a whole. */
export function attestationRoutes(app: App, deps: ApiDeps): void {
  app.openapi(getAttestationYear, async (c) => {
    const { year } = c.req.valid('param');
    return c.json(
      await read(deps, c, (tx) => readAttestationYear(deps, tx, year, c.req.valid('query').jurisdiction)),
      200,
    );
  });
}
