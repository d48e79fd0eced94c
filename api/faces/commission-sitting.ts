/** What the API knows of a sitting beyond its rules: the one page its secretary and its members work on. */
import { actions, facts } from '../../processes/commission-sitting/contract.ts';
import * as labels from '../../processes/commission-sitting/labels.ru.ts';
import type { SittingPolicy } from '../../processes/commission-sitting/policy.ts';
import type { SittingState } from '../../processes/commission-sitting/state.ts';
import { quorumOf, ruleRecusals } from '../../processes/commission-sitting/voting.ts';
import type { Context } from '../../processes/kit/types.ts';
import type { CaseDetails, ProcessFace } from '../ports.ts';
import type { ViewerKind } from '../visibility.ts';
import { simpleFace } from './simple.ts';

export const commissionSittingFace: ProcessFace = {
  ...simpleFace({
    actions,
    facts,
    labels: Object.assign({}, ...Object.values(labels)) as Record<string, string>,
  }),
  // A commission may sit twice on one day by two orders.
  reservation: ({ heldOn, order }, viewerId) => ({ applicant: viewerId, object: `${heldOn}|${order?.number}` }),
  draftTitleRu: ({ heldOn }) =>
    typeof heldOn === 'string' && heldOn !== '' ? `Заседание комиссии ${heldOn}` : 'Заседание комиссии',
  details,
};

/** The vote is open: members see who voted how. Whom a case names as conflicting is said only as «stands aside». */
function details(
  s: SittingState,
  ctx: Context<SittingPolicy>,
  { kinds, personId }: { kinds: readonly ViewerKind[]; personId: string },
): CaseDetails | null {
  if (!kinds.some((kind) => ['staff', 'admin', 'member'].includes(kind)))
    return { data: { heldOn: s.heldOn, items: s.items.length }, people: [], cases: [] };
  // The public representative learns whom the commission hears when the agenda is closed, not while it is being put together.
  const seat = s.members.find((m) => m.personId === personId);
  const early = s.stage === 'scheduled' && seat?.office === 'public' && !kinds.includes('staff');
  const items = early ? [] : s.items;
  return {
    data: {
      heldOn: s.heldOn,
      order: s.order,
      quorum: quorumOf(s.members, ctx.policy.quorum),
      tie: ctx.policy.tie,
      members: s.members.map(({ personId, office }) => ({ personId, office })),
      present: s.present,
      signedBy: s.signedBy ?? [],
      drawnUpBy: s.drawnUpBy ?? null,
      agendaClosedToYou: early,
      items: items.map(({ organisationIds: _organisations, conflicts: _conflicts, ...item }) => ({
        ...item,
        standAside: s.stage === 'scheduled' || s.stage === 'agenda_frozen' ? ruleRecusals(s, itemOf(s, item)) : [],
      })),
    },
    people: [
      ...s.members.map((m) => m.personId),
      ...items.map((i) => i.subjectId),
      ...[s.drawnUpBy?.personId, s.drawnUpBy?.onBehalfOf?.personId].filter((id) => id !== undefined),
    ],
    about: items.map(({ subjectId, caseId }) => ({ personId: subjectId, caseId })),
    cases: items.map((i) => i.caseId),
  };
}

const itemOf = (s: SittingState, { itemKey }: { itemKey: string }) =>
  s.items.find((i) => i.itemKey === itemKey) as SittingState['items'][number];
