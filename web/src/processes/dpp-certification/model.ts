import { DEFICITS, findDeficit } from '../../../../processes/catalogue/competences.ts';
import { Programme, programmeErrors } from '../../../../processes/dpp-certification/programme.ts';
import type { FieldProblem } from '../../lib/problem.ts';
import type { ProcessView } from '../../lib/queries.ts';
import { t } from './words.ts';

export type Body = Record<string, unknown>;
export type ModuleDraft = Programme['modules'][number];
export type AssessmentDraft = Programme['assessment'][number];
/** A programme while it is written: the shape is whole, the values may still be empty. */
export type Draft = Omit<
  Programme,
  'kind' | 'form' | 'hours' | 'distanceShare' | 'copyrightStatement' | 'literature'
> & {
  kind?: Programme['kind'];
  form?: Programme['form'];
  hours?: number;
  distanceShare?: number;
  copyrightStatement?: boolean;
  literature: Array<{ title: string; year?: number }>;
};

export const SECTIONS = [
  {
    key: 'provider',
    get label() {
      return t('section.organisation');
    },
    fields: ['provider', 'contact'],
  },
  {
    key: 'general',
    get label() {
      return t('section.general');
    },
    fields: ['title', 'kind', 'hours', 'form', 'distanceShare', 'free', 'modular', 'network'],
  },
  {
    key: 'target',
    get label() {
      return t('view.forWhom');
    },
    fields: ['target'],
  },
  {
    key: 'deficits',
    get label() {
      return t('section.deficits');
    },
    fields: ['deficits', 'labourFunctions', 'competences'],
  },
  {
    key: 'results',
    get label() {
      return t('view.results');
    },
    fields: ['results'],
  },
  {
    key: 'modules',
    get label() {
      return t('view.plan');
    },
    fields: ['modules'],
  },
  {
    key: 'assessment',
    get label() {
      return t('view.materials');
    },
    fields: ['assessment'],
  },
  {
    key: 'conditions',
    get label() {
      return t('view.conditions');
    },
    fields: ['schedule', 'staff', 'premises', 'attestation'],
  },
  {
    key: 'sources',
    get label() {
      return t('view.literature');
    },
    fields: ['literature', 'authors', 'employers'],
  },
  {
    key: 'rights',
    get label() {
      return t('section.rights');
    },
    fields: ['copyrightStatement', 'attachments'],
  },
] as const;
export type SectionKey = (typeof SECTIONS)[number]['key'];

export function sectionKeyOf(pointer: string): SectionKey {
  const field = pointer.replace(/^\/programme/, '').split('/')[1] ?? '';
  return SECTIONS.find((s) => (s.fields as readonly string[]).includes(field))?.key ?? 'general';
}
export const sectionLabelOf = (pointer: string) => SECTIONS.find((s) => s.key === sectionKeyOf(pointer))!.label;

export const emptyModule = (n: number): ModuleDraft => ({
  id: `М${n}`,
  title: '',
  lecture: 0,
  practice: 0,
  selfStudy: 0,
  control: 0,
  deficits: [],
  results: [],
  content: '',
});

export function emptyProgramme(): Draft {
  return {
    provider: {
      organisationId: '',
      nameRu: '',
      regionCode: '',
      inn: '',
      ogrn: '',
      licenceNumber: '',
      licenceDate: '',
      licenceAnnex: '',
    },
    contact: { name: '', phone: '', email: '' },
    title: '',
    free: false,
    target: { posts: [], subjects: [], levels: [] },
    competences: [],
    deficits: [],
    labourFunctions: [],
    results: [{ id: 'Р1', text: '' }],
    modules: [emptyModule(1)],
    assessment: [{ id: 'О1', form: '', description: '', results: [] }],
    schedule: '',
    staff: [{ name: '', post: '', degree: '' }],
    premises: '',
    attestation: '',
    literature: [{ title: '' }],
    authors: [],
    employers: '',
    modular: false,
    attachments: [],
  };
}

/** Whatever a draft or an imported file holds, the form always sees the whole shape. */
export function asDraft(body: Body): Draft {
  const empty = emptyProgramme();
  const b = (body.programme ?? body) as Partial<Draft>;
  return {
    ...empty,
    ...b,
    provider: { ...empty.provider, ...b.provider },
    contact: { ...empty.contact, ...b.contact },
    target: { ...empty.target, ...b.target },
    modules: (b.modules ?? empty.modules).map((m, i) => ({ ...emptyModule(i + 1), ...m })),
    assessment: (b.assessment ?? empty.assessment).map((a) => ({ ...empty.assessment[0]!, ...a })),
  };
}

/** The body of a draft: the programme under its name in the action, without notes that a file may carry. */
export function cleaned(d: Draft): Body {
  const { source: _source, ...programme } = d as Draft & { source?: unknown };
  return { programme };
}

export const moduleHours = (m: Pick<ModuleDraft, 'lecture' | 'practice' | 'selfStudy' | 'control'>) =>
  (m.lecture || 0) + (m.practice || 0) + (m.selfStudy || 0) + (m.control || 0);

/** Everything the screen can say by itself: the schema of the form, then the invariants of the whole programme. */
export function problemsOf(body: Body, process: ProcessView | undefined): FieldProblem[] {
  const d = asDraft(body);
  const parsed = Programme.safeParse(d);
  const found: FieldProblem[] = parsed.success
    ? []
    : parsed.error.issues.map((i) => ({
        pointer: `/${i.path.join('/')}`,
        detail: i.code === 'invalid_type' && /^(Неверный|Invalid)/.test(i.message) ? t('form.fill') : i.message,
      }));
  const minHours = (process?.policy?.parameters as { minHours?: Record<'ПК' | 'ПП', number> } | undefined)
    ?.minHours ?? { ПК: 16, ПП: 250 };
  try {
    const invariants = programmeErrors({ ...d, kind: d.kind ?? 'ПК', hours: d.hours ?? 0 } as Programme, minHours);
    for (const e of invariants) {
      if (d.hours === undefined && (e.pointer === '/hours' || e.pointer === '/modules')) continue;
      if (!found.some((f) => f.pointer === e.pointer && f.detail === e.detail)) found.push(e);
    }
  } catch {
    // The shape is not ready for the invariants yet; the schema has said why.
  }
  return found;
}

export const deficitLabel = (code: string) => findDeficit(code)?.labelRu ?? code;
export const competencesOf = (codes: string[]) => [
  ...new Set(DEFICITS.filter((d) => codes.includes(d.code)).map((d) => d.competence)),
];

/** The next free id of a row: «М4» after «М3». */
export function nextId(ids: string[], letter: string): string {
  const max = Math.max(0, ...ids.map((id) => Number(/\d+$/.exec(id)?.[0] ?? 0)));
  return `${letter}${max + 1}`;
}
