/** Tells the past of a mentoring cycle by the record path, as `teller.ts` does for certification: the same pair, month after month. */
import { randomUUID } from 'node:crypto';
import { applyAction } from '../../activities/apply-action.ts';
import { performWork } from '../../activities/perform-work.ts';
import type { ApplyAnswer } from '../../activities/types.ts';
import { findWork } from '../../activities/work-handlers.ts';
import { placeFromRow, readPlaces } from '../../platform/cases/employment.ts';
import { contextAt, References } from '../../platform/cases/references.ts';
import { addDays, type IsoDate } from '../../processes/kit/dates.ts';
import { isOpen } from '../../processes/kit/task.ts';
import { instantAt } from '../../processes/kit/zones.ts';
import { actions, type ActionType } from '../../processes/mentoring-cycle/contract.ts';
import { mentoringCycle } from '../../processes/mentoring-cycle/index.ts';
import type { MentoringPolicy, WorkKind } from '../../processes/mentoring-cycle/policy.ts';
import type { MentoringState } from '../../processes/mentoring-cycle/state.ts';
import { monthEnd } from '../../processes/mentoring-cycle/terms.ts';
import type { TellerDeps } from './teller.ts';

export interface Cast {
  teacher: string;
  mentor: string;
  curator: string;
  head: string;
  opener: string;
  /** Route and programme of the second year. */
  tutor: string;
}

const process = 'mentoring-cycle';
const NOTES: Record<WorkKind, string> = {
  meeting: 'Разобрали план недели и две сложные ситуации на уроке.',
  observation: 'Урок посещён. Сильное: контакт с классом. Над чем работать: темп и проверка понимания.',
  visit: 'Педагог был на уроке наставника, обсудили приёмы начала урока.',
  peer_group: 'Встреча группы: обменялись заданиями на работу с текстом.',
  open_lesson: 'Открытый урок проведён, протокол обсуждения приложен к папке школы.',
};

export class CycleTeller {
  #at: number;
  #sequence = 0;

  constructor(
    private readonly deps: TellerDeps,
    readonly caseId: string,
    readonly cast: Cast,
    private readonly where: { organisationId: string; zone: string; jurisdiction: string },
    startOn: IsoDate,
  ) {
    this.#at = Date.parse(instantAt(startOn, '10:00', where.zone));
  }

  async open(hiredOn: IsoDate, over: Record<string, unknown> = {}): Promise<this> {
    const row = (await readPlaces(this.deps.pool)).find(({ id }) => id === this.where.organisationId);
    if (!row) throw new Error('the school is not in the database');
    const body = {
      menteeId: this.cast.teacher,
      place: placeFromRow(row),
      post: 'teacher',
      hiredOn,
      tenureMonths: 0,
      bornOn: '2001-05-14',
      ...over,
    };
    return this.act(this.cast.opener, 'start', body, true);
  }

  /** Moves on to a date, firing what falls due on the way; never beyond the present. */
  async day(date: IsoDate, hhmm = '11:00'): Promise<this> {
    const wanted = Date.parse(instantAt(date, hhmm, this.where.zone));
    this.#at = Math.min(Math.max(this.#at, wanted), Date.now() - 1_000);
    await this.#apply({});
    return this;
  }

  get today(): IsoDate {
    return new Date(this.#at).toISOString().slice(0, 10);
  }

  async propose(mentor = this.cast.mentor, curator = this.cast.curator): Promise<this> {
    const fit = {
      tenureYears: 14,
      category: true,
      trained: true,
      sameSubject: true,
      superior: false,
      relative: false,
      external: false,
    };
    return this.act(curator, 'proposeMentor', { taskId: await this.task('find_mentor'), mentorId: mentor, ...fit });
  }

  async consent(mentor = this.cast.mentor): Promise<this> {
    return this.act(mentor, 'acceptTask', { taskId: await this.task('mentoring'), noConflict: true });
  }

  async order(number: string): Promise<this> {
    return this.act(this.cast.head, 'issueOrder', {
      taskId: await this.task('appoint'),
      order: { number, date: this.today },
      pay: true,
    });
  }

  async programme(mentor = this.cast.mentor): Promise<this> {
    await this.act(this.cast.curator, 'proposePpn', {
      taskId: await this.task('ppn'),
      programme:
        'Цели года: уверенное ведение урока, работа с родителями, дифференциация. Встречи по вторникам, два посещённых урока в четверть, открытый урок в апреле.',
    });
    await this.act(this.cast.teacher, 'signPpn', { agree: true });
    return this.act(mentor, 'signPpn', { agree: true });
  }

  async begin(order: string): Promise<this> {
    await this.propose();
    await this.consent();
    await this.order(order);
    return this.programme();
  }

  /** The norm of the running month, confirmed by both, until its end; nothing of it when the pair was idle. */
  async month(worked = true): Promise<this> {
    const { state, ctx } = await this.context();
    const from =
      state.monthsClosed === state.credited
        ? state.hiredOn
        : addDays(monthEnd(state, ctx, state.monthsClosed).dueOn, 1);
    const until = monthEnd(state, ctx, state.monthsClosed + 1).dueOn;
    const middle = from < this.today ? this.today : addDays(from, 17);
    if (worked && middle < until) {
      await this.day(middle, '15:00');
      await this.work();
    }
    return this.day(addDays(until, 1));
  }

  /** The norm of this month, and of the quarter in its first month, logged and confirmed today. */
  async work(): Promise<this> {
    const { state, ctx } = await this.context();
    const norms = (ctx.policy as MentoringPolicy).norms[`${state.year}`];
    const first = state.monthsClosed % 3 === 0 || state.monthsClosed === state.credited;
    const due = norms.filter(({ per }) => per === 'month' || first);
    const entries = due.flatMap(({ kind, min }) =>
      Array.from({ length: min }, (_, i) => ({ kind, on: addDays(this.today, -Math.min(i * 2, 4)) })),
    );
    await this.log(entries.filter(({ on }) => on >= state.hiredOn));
    return this.act(this.cast.teacher, 'confirmLog', {});
  }

  async log(entries: Array<{ kind: WorkKind; on: IsoDate }>): Promise<this> {
    const { state } = await this.context();
    return this.act(state.pair?.mentorId ?? this.cast.curator, 'logWork', {
      entries,
      note: NOTES[entries[0]?.kind ?? 'meeting'],
    });
  }

  async check(remarks = false): Promise<this> {
    const { state } = await this.context();
    const task = state.tasks.find((t) => t.kind === 'quarter_check' && isOpen(t));
    if (!task) return this;
    const summary = remarks
      ? 'Встречи нерегулярны, уроки не посещены. Договорились о графике.'
      : 'Пара работает по плану, затруднений нет.';
    return this.act(this.cast.curator, 'completeQuarterCheck', { taskId: task.id, remarks, summary });
  }

  /** Everything the year still asks for. */
  async content(): Promise<this> {
    const { state, ctx } = await this.context();
    const { curator, teacher, tutor } = this.cast;
    for (const item of (ctx.policy as MentoringPolicy).content[`${state.year}`].filter(
      (i) => !state.done.includes(i.code),
    )) {
      const mentor = state.pair?.mentorId ?? curator;
      const who = item.by.includes('curator')
        ? curator
        : item.by.includes('mentor')
          ? mentor
          : item.by.includes('new_teacher')
            ? teacher
            : tutor;
      await this.act(who, 'recordContent', {
        item: item.code,
        report: `${item.labelRu}: выполнено, материалы в папке школы.`,
      });
    }
    return this;
  }

  /** Months of the running year with the norm met, checks and content, then its gate. */
  async year(last: 'pass' | 'conclude'): Promise<this> {
    const { state } = await this.context();
    const year = state.year;
    while ((await this.context()).state.monthsClosed < 12 * year - 1) {
      await this.month();
      await this.check();
    }
    const { state: now, ctx } = await this.context();
    await this.day(addDays(monthEnd(now, ctx, 12 * year).dueOn, -12));
    await this.work();
    await this.content();
    await this.day(addDays(monthEnd(now, ctx, 12 * year).dueOn, -6));
    if (last === 'conclude')
      return this.act(this.cast.curator, 'concludeCycle', {
        taskId: await this.task('gate'),
        recommendations: ['first_category', 'mentor_pool'],
        conclusion: 'Программа трёх лет выполнена. Педагог готов к аттестации на первую категорию.',
      });
    await this.act(this.cast.curator, 'passGate', {
      taskId: await this.task('gate'),
      conclusion: 'Год пройден: нормы выполнены, отчёт пары и анкеты собраны.',
    });
    return this.programme();
  }

  /** The running year until its gate, which the curator puts off by so many months; what is to be repeated stays open. */
  async extendedYear(months: number): Promise<this> {
    const { state } = await this.context();
    while ((await this.context()).state.monthsClosed < 12 * state.year - 1) {
      await this.month(false);
      await this.check(true);
    }
    const { state: now, ctx } = await this.context();
    await this.day(addDays(monthEnd(now, ctx, 12 * state.year).dueOn, -5));
    return this.act(this.cast.curator, 'extendGate', {
      taskId: await this.task('gate'),
      months,
      parts: [],
      reason:
        'Нормы встреч и наблюдений не выполнены: педагог долго болел, уроки пары не совпадали. Год повторяется в этой части.',
    });
  }

  async employment(personId: string, event: string, more: Record<string, unknown> = {}): Promise<this> {
    const payload = { personId, event, on: this.today, main: true, ...more };
    await this.#apply({
      id: `fact:${this.caseId}:${event}:${this.today}`,
      type: 'fact:employment',
      payload,
      actor: { kind: 'system' },
    });
    return this;
  }

  async act(personId: string, type: ActionType, body: unknown, opening = false): Promise<this> {
    const contract = actions[type];
    const prepared = contract.prepare(contract.body.parse(body) as never);
    const links = await Promise.all(
      prepared.documents.map(async ({ field, json, ...link }) => ({
        field,
        ...link,
        version: 1,
        sha256: await this.deps.documents.putJson(json, link.kind, link.label),
      })),
    );
    const payload = {
      ...prepared.payload,
      ...Object.fromEntries(links.map(({ field, sha256 }) => [field, sha256])),
      ...(links.length > 0 ? { links: links.map(({ field: _field, ...link }) => link) } : {}),
    };
    const answer = await this.#apply(
      {
        id: `demo:${randomUUID()}`,
        type,
        payload,
        ...(prepared.personal ? { personal: { owner: personId, data: prepared.personal } } : {}),
        actor: { kind: 'person', personId, organisationIds: [], assignments: [] },
      },
      opening,
    );
    if (answer.reply?.ok === false) throw new Error(`${type}: ${answer.reply.denial.message}`);
    this.#at = Math.min(this.#at + 7 * 60_000, Date.now() - 500);
    return this;
  }

  async #apply(command: Record<string, unknown>, opening = false): Promise<ApplyAnswer> {
    const now = new Date(this.#at).toISOString();
    const where = { caseId: this.caseId, process, now };
    let answer = await applyAction(this.deps, {
      ...where,
      knownSequence: this.#sequence,
      ...(command.type ? { command: { ...command, receivedAt: now } as never } : {}),
      ...(opening ? { start: { jurisdiction: this.where.jurisdiction, clock: 'real' } } : {}),
    });
    const { reply } = answer;
    for (const item of answer.work) {
      if (!findWork(process, item.kind)?.local) continue;
      answer = await performWork(this.deps, { ...where, key: item.key, knownSequence: answer.sequence });
    }
    this.#sequence = answer.sequence;
    return { ...answer, ...(reply ? { reply } : {}) };
  }

  private async context() {
    const [row] = await this.deps.pool<
      Array<{ state: MentoringState; jurisdiction: string; policy_version_id: string; calendar_version: string }>
    >`select state, jurisdiction, policy_version_id, calendar_version from "case" where id = ${this.caseId}`;
    if (!row) throw new Error('the cycle is not open');
    const base = await new References().of(this.deps.pool, mentoringCycle as never, {
      jurisdiction: row.jurisdiction,
      policyVersionId: row.policy_version_id,
      calendarVersion: row.calendar_version,
    });
    return { state: row.state, ctx: contextAt(base, this.caseId, new Date(this.#at).toISOString()) };
  }

  private async task(kind: string): Promise<string> {
    const { state } = await this.context();
    const found = state.tasks.find((t) => t.kind === kind && isOpen(t));
    if (!found) throw new Error(`no open task ${kind} at ${state.stage}`);
    return found.id;
  }
}
