import type { Sql } from '../platform/db/pool.ts';
import { policyInForce } from '../platform/policies.ts';
import type { PersonalDataPolicy } from '../processes/personal-data/policy.ts';
import { ApiProblem } from './problems.ts';

/** How personal data are handled on a day; throws 503 where the installation has not loaded it. */
export async function personalDataPolicy(sql: Sql, today: string): Promise<{ id: string; policy: PersonalDataPolicy }> {
  const found = await policyInForce<PersonalDataPolicy>(sql, 'personal-data', today);
  if (!found) throw new ApiProblem(503, { detail: 'Порядок работы с персональными данными не загружен.' });
  return found;
}
