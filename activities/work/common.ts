import { uuidV5 } from '../../platform/crypto/ids.ts';
import type { FactMessage } from '../../workflows/messages.ts';
import type { Facts } from '../../processes/kit/types.ts';
import type { WorkHandler } from '../work-handlers.ts';

/** What a rule writes into the input of `open_case`: the related case is named by a key inside this one. */
interface OpenCaseInput {
  /** Key inside this case; the id of the related case follows from it, so a repetition finds the case of the first try. */
  childKey: string;
  /** Slug of its process; absent: the same process. */
  process?: string;
  jurisdiction?: string;
  /** Command that opens it. */
  type: string;
  start: Facts;
}

/**
 * Opens a related case as a peer. A refusal is a failure that administrators see and that is tried again. Answers with
 * `{childKey, childCaseId, number}`.
 */
export const openCase: WorkHandler = {
  local: false,
  async run({ cases, pool }, parent, { input }) {
    if (!cases) throw new Error('the engine cannot be asked here');
    const {
      childKey,
      process = parent.process,
      jurisdiction = parent.jurisdiction,
      type,
      start,
    } = input as unknown as OpenCaseInput;
    const caseId = uuidV5(parent.caseId, childKey);
    const answer = await cases.startCase({
      process,
      caseId,
      jurisdiction,
      parentCaseId: parent.caseId,
      clock: parent.clock,
      // On a skipped clock the related case begins at the moment this one has reached.
      ...(parent.clock === 'skipped' ? { openAt: parent.now } : {}),
      command: {
        id: `open:${parent.caseId}:${childKey}`,
        type,
        payload: start,
        actor: { kind: 'system' },
        receivedAt: parent.now,
      },
    });
    if (answer.kind === 'not_yet_recorded') throw new Error('the related case is not open yet');
    if (answer.kind === 'refused')
      throw new Error(`the related case was refused: ${answer.denial.code} ${answer.denial.message}`);
    const [row] = await pool<Array<{ number: string | null }>>`select number from "case" where id = ${caseId}`;
    return { childKey, childCaseId: caseId, number: row?.number ?? null };
  },
};

/**
 * Tells another case a fact, `{caseId, factId, fact: {kind, ...payload}}`; the same fact id makes a repetition harmless. A closed case
 * needs no news. Answers with `{caseId, delivered}`.
 */
export const sendFact: WorkHandler = {
  local: false,
  async run({ cases }, _from, { input }) {
    if (!cases) throw new Error('the engine cannot be asked here');
    const { kind, ...payload } = input.fact as Facts & { kind: string };
    const fact: FactMessage = { factId: String(input.factId), kind, payload };
    const sent = await cases.sendFact(String(input.caseId), fact);
    return { caseId: input.caseId, delivered: sent.kind === 'sent' };
  },
};
