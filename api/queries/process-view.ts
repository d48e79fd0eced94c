/** A process as a screen or a lawyer reads it: stages, the table, forms, criteria, terms in force. */
import { z } from 'zod';
import { COMPETENCES, DEFICITS } from '../../processes/catalogue/competences.ts';
import { LABOUR_FUNCTIONS } from '../../processes/catalogue/labour-functions.ts';
import { POSTS } from '../../processes/catalogue/posts.ts';
import type { CertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import { amountRu, type Term } from '../../processes/kit/deadlines.ts';
import type { AnyProcess, TransitionRow } from '../../processes/kit/types.ts';
import type { ProcessView } from '../contract/processes.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { roleRu, waitingForRu } from '../words.ts';

/** The policy in force today; the newest jurisdiction's where several are. */
export async function readPolicy(
  { sql, viewer }: Pick<ReadTx, 'sql' | 'viewer'>,
  process: string,
  jurisdiction?: string,
) {
  const [row] = await sql<
    Array<{
      id: string;
      version: number;
      jurisdiction: string;
      effective_from: string;
      act: Record<string, unknown>;
      parameters: Record<string, unknown>;
    }>
  >`
    select id, version, jurisdiction, effective_from, act, parameters from policy_version
    where process = ${process} ${jurisdiction ? sql`and jurisdiction = ${jurisdiction}` : sql``}
      and effective_from <= ${viewer.today} and (effective_to is null or effective_to >= ${viewer.today})
    order by effective_from desc, version desc limit 1`;
  return row;
}

export async function readProcess(
  deps: ApiDeps,
  tx: ReadTx,
  process: AnyProcess,
  jurisdiction?: string,
): Promise<ProcessView> {
  const face = deps.faces[process.slug];
  const policy = await readPolicy(tx, process.slug, jurisdiction);
  const parameters = (policy?.parameters ?? {}) as Partial<CertificationPolicy>;
  return {
    slug: process.slug,
    code: process.code,
    nameRu: process.nameRu,
    starts: process.starts.filter((type) => face?.actions[type]),
    stages: Object.values(process.stages).map((stage) => ({
      ...stage,
      waitingForRu: waitingForRu(stage.waitingFor, process),
    })),
    table: process.table.map((row) => transitionView(row, parameters.disabledRows ?? [])),
    actions: Object.values(face?.actions ?? {}).map((contract) => ({
      type: contract.type,
      labelRu: contract.labelRu,
      hintRu: contract.hintRu ?? null,
      customForm: contract.customForm ?? null,
      schema: jsonSchema(contract.body),
    })),
    facts: Object.values(face?.facts ?? {}).map((contract) => ({
      kind: contract.kind,
      labelRu: contract.labelRu,
      schema: jsonSchema(contract.body),
    })),
    policy: policy
      ? {
          id: policy.id,
          version: policy.version,
          jurisdiction: policy.jurisdiction,
          effectiveFrom: policy.effective_from,
          act: policy.act,
          criteria: (parameters.criteria ?? []).map(({ code, labelRu, mandatory, max, passFrom, remarkBelow }) => ({
            code,
            labelRu,
            mandatory,
            max,
            passFrom,
            remarkBelow,
          })),
          terms: Object.entries(parameters.terms ?? {}).map(([key, term]) => termView(key, term)),
          parameters: policy.parameters,
        }
      : null,
    catalogues: {
      competences: COMPETENCES.map(({ code, labelRu }) => ({ code, labelRu })),
      deficits: DEFICITS.map(({ code, labelRu }) => ({ code, labelRu })),
      labourFunctions: LABOUR_FUNCTIONS.map(({ code, labelRu }) => ({ code, labelRu })),
      posts: POSTS.map(({ labelRu }) => labelRu),
    },
  };
}

const schemas = new WeakMap<z.ZodType, Record<string, unknown>>();

/** JSON Schema of what a person sends, for forms that are drawn from it. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const known = schemas.get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  schemas.set(schema, made);
  return made;
}

function termView(key: string, term: Term) {
  return { key, amount: term.amount, unit: term.unit, textRu: amountRu(term.amount, term.unit), clause: term.clause };
}

function transitionView(row: TransitionRow, disabled: readonly string[]) {
  return {
    id: row.id,
    from: typeof row.from === 'string' ? [row.from] : row.from,
    on: row.on,
    roles: row.roles,
    rolesRu: row.roles.map(roleRu),
    guard: row.guard ?? null,
    to: row.to,
    event: row.event,
    effectRu: row.effectRu,
    clause: row.clause,
    optional: row.optional ?? null,
    enabled: !disabled.includes(row.id),
  };
}
