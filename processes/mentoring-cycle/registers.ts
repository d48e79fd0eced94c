/** Register entries an event writes (specification P04 «Registers», 7): pairs, programmes, conclusions, reasons of exit. */
import type { Context, RegisterWrite, StoredEvent } from '../kit/types.ts';
import type { MentoringPolicy } from './policy.ts';
import type { MentoringState, Pair } from './state.ts';

/** Entries are appended to, never edited; personal registers are closed to the public. */
export function registers(event: StoredEvent, s: MentoringState, _ctx: Context<MentoringPolicy>): RegisterWrite[] {
  const f = event.facts as Record<string, any>;
  const out: RegisterWrite[] = [];
  const pair = (p: Pair, status: string, more: Record<string, unknown> = {}) =>
    out.push({
      register: 'mentoring_pairs',
      number: `${s.number}/П-${p.n}`,
      status,
      version: 1,
      facts: {
        titleRu: `Пара ${p.n} цикла ${s.number}`,
        mentorId: p.mentorId,
        menteeId: s.menteeId,
        order: p.order,
        external: p.external,
        year: s.year,
        organisationId: s.place.organisationId,
        ...more,
      },
      validFrom: p.since,
      ...(status === 'ended' ? { validUntil: event.on } : {}),
      public: false,
    });
  if (f.endedPair) pair(f.endedPair as Pair, 'ended', { reason: f.cause ?? event.type });
  if (event.type === 'mentor.appointed') pair(f.pair as Pair, 'active');
  if (s.pair && event.type === 'leave.started') pair(s.pair, 'suspended');
  if (s.pair && (event.type === 'leave.ended' || event.type === 'year.resumed')) pair(s.pair, 'active');
  if (event.type === 'ppn.agreed')
    out.push({
      register: 'mentoring_programmes',
      number: `${s.number}/ППН-${f.n}`,
      status: 'agreed',
      version: 1,
      facts: {
        titleRu: `Программа наставничества, год ${f.year}`,
        menteeId: s.menteeId,
        year: f.year,
        form: f.form,
        document: f.document,
      },
      validFrom: event.on,
      public: false,
    });
  if (event.type === 'gate.passed') conclusion(`${s.number}/Г-${f.year}`, 'passed', `Рубеж года ${f.year}`);
  if (event.type === 'cycle.completed') conclusion(f.certificate, 'completed', 'Свидетельство о завершении цикла');
  if (event.type === 'cycle.completed_early')
    conclusion(f.certificate, 'completed_early', 'Свидетельство о досрочном завершении');
  if (event.type === 'cycle.closed_incomplete')
    conclusion(`${s.number}/З`, 'closed_incomplete', 'Заключение о невыполнении');
  if (event.type === 'person.left' || event.type === 'exit.surveyed')
    out.push({
      register: 'mentoring_exits',
      number: `${s.number}/В-${s.exit?.on ?? event.on}`,
      status: s.exit?.reason ? 'surveyed' : 'left',
      version: 1,
      facts: {
        titleRu: `Выбытие, цикл ${s.number}`,
        reason: s.exit?.reason ?? 'unknown',
        year: s.year,
        organisationId: s.place.organisationId,
      },
      validFrom: s.exit?.on ?? event.on,
      public: false,
    });
  return out;

  function conclusion(number: string, status: string, titleRu: string): void {
    out.push({
      register: 'mentoring_conclusions',
      number,
      status,
      version: 1,
      facts: {
        titleRu,
        menteeId: s.menteeId,
        year: f.year ?? s.year,
        totals: f.totals ?? s.totals,
        form: f.form ?? null,
        document: f.document ?? null,
        recommendations: f.recommendations ?? [],
      },
      validFrom: event.on,
      public: false,
    });
  }
}
