/** The package of a moved cycle as a file: read from the event that recorded it, never from the case as it is today. */
import type { LoadedCase } from './loaded-case.ts';
import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { canonicalJson } from '../platform/crypto/canonical.ts';
import type { Sql } from '../platform/db/pool.ts';
import { POSTS } from '../processes/catalogue/posts.ts';
import { formatDateRu } from '../processes/kit/dates.ts';
import { type PackageFile, packageFile } from '../processes/mentoring-cycle/package-file.ts';
import type { Package } from '../processes/mentoring-cycle/rules/entry.ts';
import { namesOf, organisationsOf } from './queries/load-case.ts';

export interface ReadPackage {
  file: PackageFile;
  /** The JSON file itself, byte for byte. */
  json: string;
  /** Of these bytes. */
  sha256: string;
}

/** The package this case sent or was opened with; `null` where there is none, or the viewer may not know whose it is. */
export async function readPackage(sql: Sql, { row, kinds, hiddenBefore }: LoadedCase): Promise<ReadPackage | null> {
  if (row.process !== 'mentoring-cycle' || hiddenBefore > 0) return null;
  if (!kinds.some((kind) => kind !== 'observer' && kind !== 'expert')) return null;
  const [event] = await sql<Array<{ type: string; facts: Record<string, any> }>>`
    select type, facts from case_event where case_id = ${row.id}::uuid and type in ('cycle.exported', 'cycle.imported')
    order by sequence desc limit 1`;
  if (!event) return null;
  const sent = event.type === 'cycle.exported';
  const taken = (sent ? event.facts.package : event.facts) as Package;
  const from = sent ? row.applicant_organisation_id : null;
  const to = (event.facts.place?.organisationId as string | undefined) ?? null;
  const versions = [...new Set(taken.marks.phases.map((phase) => phase.policyVersionId))];
  const [names, organisations, acts] = await Promise.all([
    namesOf(sql, [taken.menteeId]),
    organisationsOf(sql, [from, to]),
    sql<Array<{ id: string; version: number; act: { titleRu?: string; number?: string } }>>`
      select id, version, act from policy_version where id = any(${versions}::text[])`,
  ]);
  const school = (id: string | null) => {
    const found = id ? organisations.get(id) : undefined;
    return found ? (found.short_name_ru ?? found.name_ru) : null;
  };
  const file = packageFile(taken, (event.facts.movedOn as string | undefined) ?? null, {
    personRu: names.get(taken.menteeId) ?? '',
    postRu: POSTS.find((post) => post.code === taken.post)?.labelRu ?? taken.post,
    fromSchoolRu: school(from),
    toSchoolRu: school(to),
    actRu: (id) => {
      const act = acts.find((a) => a.id === id);
      return act
        ? `${act.act.titleRu ?? ''}${act.act.number ? `, № ${act.act.number}` : ''}, версия ${act.version}`
        : id;
    },
  });
  const json = canonicalJson(file);
  return { file, json, sha256: createHash('sha256').update(json).digest('hex') };
}

const style = `body{font:15px/1.5 "Times New Roman",serif;max-width:720px;margin:32px auto;padding:0 16px;color:#111}
h1{font-size:20px;text-align:center}h2{font-size:16px;margin:20px 0 6px}table{border-collapse:collapse;width:100%}
td,th{border:1px solid #999;padding:4px 8px;text-align:left;vertical-align:top}code{word-break:break-all}ul{margin:4px 0}`;

/** The same for people: a sheet to read and to print, with the digest of the JSON file beside it. */
export function packageSheet({ file: f, sha256 }: ReadPackage): string {
  const rows = (pairs: Array<[string, string | number | null]>) =>
    pairs.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value ?? '—'}</td></tr>`);
  const work = (totals: Record<string, number> | null) =>
    totals === null
      ? 'без согласия педагога не передаётся'
      : Object.entries(totals)
          .map(([kind, n]) => `${kind}: ${n}`)
          .join(', ') || 'нет';
  const list = (items: string[]) => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
  return String(html`<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>${f.titleRu}</title><style>${raw(style)}</style></head><body>
<h1>${f.titleRu}</h1>
<table>${rows([
    ['Педагог', f.person.nameRu],
    ['Должность', f.person.postRu],
    ['Принят на работу', formatDateRu(f.person.hiredOn)],
    ['Дело прежнего региона', f.from.number],
    ['Прежняя школа', f.from.schoolRu],
    ['Новая школа', f.to.schoolRu],
    ['Переезд', f.movedOn ? formatDateRu(f.movedOn) : null],
    ['Год цикла', f.phase.year],
    ['Месяцев службы пройдено', f.phase.monthsOfServiceClosed],
    ['Из них зачтено', f.phase.creditedMonths],
    ['Продлён на месяцев', f.phase.extendedByMonths],
    ['Показатель «до 35 лет»', f.person.countedInIndicator ? 'учитывается' : 'не учитывается'],
    ...(f.work
      ? ([
          ['Работа этого года', work(f.work.thisYear)],
          ['Кварталов с нормой и без неё', `${f.work.quartersMet} и ${f.work.quartersMissed}`],
          ['Дней без наставника', f.work.daysWithoutMentor],
        ] as Array<[string, string | number]>)
      : []),
  ])}</table>
<h2>Перерывы</h2>
${f.pauses.length === 0 ? html`<p>Не было.</p>` : list(f.pauses.map((p) => `${formatDateRu(p.from)} – ${p.to ? formatDateRu(p.to) : 'продолжается'}: ${p.reasonRu}`))}
<h2>Фазы, правила и формы</h2>
<table><tr><th>Год</th><th>Когда</th><th>Правила и формы</th><th>Работа</th></tr>
${f.phases.map((p) => html`<tr><td>${p.year}</td><td>${formatDateRu(p.from)} – ${p.until ? formatDateRu(p.until) : 'идёт'}</td><td>${p.rulesRu}. ${p.forms.join('; ')}</td><td>${work(p.work)}</td></tr>`)}</table>
<h2>Что в пакете</h2>${list(f.holdsRu)}
<h2>Чего в пакете нет</h2>${list(f.leavesOutRu)}
<h2>Проверка файла</h2><p>Контрольная сумма файла JSON (sha256): <code>${sha256}</code></p>
</body></html>`);
}
