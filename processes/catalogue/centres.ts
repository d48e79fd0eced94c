/** Which organisations assess qualifications by the scheme of a policy (specification P03, P21). */
import { deny } from '../kit/recorder.ts';
import type { FieldError, Jurisdiction } from '../kit/types.ts';

/** Of a policy, which is of one scheme: the organisations that are its centres. */
export interface CentrePolicy {
  /** Kinds of organisations of the territory that are centres. */
  kinds: string[];
  /** Centres named one by one, of this territory or of another one: a plan may need an external centre. */
  organisationIds: string[];
}

/** Where a policy names no centres: those of continuous growth in its own territory. */
const DEFAULT_CENTRES: CentrePolicy = { kinds: ['cnppm'], organisationIds: [] };

/** What the database knows of the organisation somebody names as a centre; absent fields: there is no such organisation. */
interface Named {
  centreId?: unknown;
  centreKind?: unknown;
  centreRegion?: unknown;
}

/** Denies an organisation that is no centre of the scheme here. */
export function requireCentre(
  { centres = DEFAULT_CENTRES }: { centres?: CentrePolicy },
  jurisdiction: Pick<Jurisdiction, 'regionCode'>,
  { centreId, centreKind, centreRegion }: Named,
): void {
  const known = typeof centreKind === 'string';
  const named = known && centres.organisationIds.includes(String(centreId));
  if (named || (known && centres.kinds.includes(centreKind) && centreRegion === jurisdiction.regionCode)) return;
  deny('centre', 'Эта организация не оценивает квалификацию по этой схеме.', {
    errors: [{ pointer: '/centreId', detail: 'Выберите центр оценки из списка.' }],
  });
}

/** Faults of the list of centres in a policy; a policy may have none. */
export function checkCentres(given: unknown, pointer = '/centres'): FieldError[] {
  if (given === undefined) return [];
  const { kinds, organisationIds } = (given ?? {}) as Partial<CentrePolicy>;
  const isTexts = (list: unknown) => Array.isArray(list) && list.every((x) => typeof x === 'string' && x !== '');
  if (!isTexts(kinds) || !isTexts(organisationIds))
    return [{ pointer, detail: '«centres»: списки видов организаций и самих организаций.' }];
  return kinds?.length || organisationIds?.length
    ? []
    : [{ pointer, detail: '«centres»: не назван ни один центр оценки.' }];
}
