/** «Выписка из журнала дела» on paper: to read, to print and to file. No scripts, everything escaped. */
import { html, raw } from 'hono/html';
import { momentRu } from '../processes/kit/event-words.ts';
import type { CaseAudit } from './contract/case-audit.ts';
import { day, documentRu, linesOf, whoRu } from './case-audit-words.ts';

const style = `@page{size:A4;margin:16mm 14mm 18mm}
body{font:13px/1.45 "Times New Roman",serif;max-width:900px;margin:28px auto;padding:0 16px;color:#111;background:#fff}
h1{font-size:21px;margin:0;text-align:center}.no{text-align:center;margin:2px 0 18px}
h2{font-size:16px;margin:24px 0 6px;break-after:avoid}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:3px 7px;text-align:left;vertical-align:top}
thead{display:table-header-group}tr{break-inside:avoid}.head th{width:27%;font-weight:600}
code{font:11px/1.35 Consolas,"DejaVu Sans Mono",monospace;word-break:break-all}.dim{color:#444}.pre{white-space:pre-line}
ul{margin:4px 0;padding-left:20px}.sign{display:flex;gap:40px;margin:34px 0 0;break-inside:avoid}.sign span{flex:1;border-top:1px solid #333;padding-top:3px}
.wide{overflow-x:auto}@media print{body{margin:0;max-width:none;padding:0}.wide{overflow:visible}}
@media(max-width:640px){body{font-size:12px;margin:14px auto}td,th{padding:2px 4px}}`;

const code = (value: string | null | undefined) => (value ? html`<code>${value}</code>` : '—');

/** The page as it is printed. */
export function caseAuditPage(file: CaseAudit): string {
  const table = (
    titles: string[],
    rows: unknown[][],
  ) => html`<div class="wide" tabindex="0" role="region" aria-label="${titles.join(', ')}"><table>
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
  const part = (title: string, rows: unknown[][], titles: string[], empty?: string) =>
    rows.length > 0
      ? html`<h2>${title}</h2>${table(titles, rows)}`
      : empty
        ? html`<h2>${title}</h2><p>${empty}</p>`
        : '';
  const { proof, made } = file;
  const [, ...about] = linesOf(file).filter(([name]) => name !== 'Примечание');
  return String(html`<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${file.titleRu} ${file.case.number ?? ''}, № ${file.number}</title><style>${raw(style)}</style></head><body>
<h1>${file.titleRu}</h1><p class="no">№ ${file.number}</p>
<table class="head"><tbody>${about.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>
<ul>${file.notesRu.map((note) => html`<li>${note}</li>`)}</ul>
<h2>Ход дела</h2>
${table(
  ['№', 'Когда', 'Кто', 'Что произошло', 'Основание'],
  file.events.map((e) => [
    e.sequence,
    e.atRu,
    html`${whoRu(e)}${e.roleRu ? html`<br><span class="dim">${e.roleRu}</span>` : ''}`,
    html`<b>${e.labelRu}</b>${e.taskRu ? html`<br>${e.taskRu}` : ''}${e.wordsRu ? html`<br>${e.wordsRu}` : ''}${Object.values(e.personal ?? {}).map((text) => html`<br><span class="pre">${text}</span>`)}`,
    html`${e.clause ?? 'Общие правила'}<br><span class="dim">строка ${e.row}</span>`,
  ]),
)}
${part(
  'Решения и заявления',
  file.decisions
    .toReversed()
    .map((d) => [
      d.sequence,
      day(d.on),
      d.labelRu,
      d.order ? `№ ${d.order.number} от ${day(d.order.date)}` : '—',
      html`<span class="pre">${d.textRu ?? '—'}</span>`,
    ]),
  ['Событие', 'Дата', 'Решение или заявление', 'Акт', 'Текст'],
)}
${part(
  'Записи реестров и их исправления',
  file.register.map((e) => [
    e.registerRu,
    e.number,
    e.edition,
    e.statusRu,
    [day(e.validFrom), day(e.validUntil)].filter(Boolean).join(' – '),
    `${e.atRu}, событие ${e.sequence}`,
  ]),
  ['Реестр', 'Номер', 'Редакция', 'Состояние', 'Действует', 'Когда записано'],
)}
${part(
  'Задачи',
  file.tasks.map((t) => [
    t.titleRu,
    t.assigneeRu ?? '—',
    t.roleRu,
    `${t.stateRu}${t.late ? ', позже срока' : ''}`,
    day(t.dueOn),
  ]),
  ['Задача', 'Исполнитель', 'Роль', 'Состояние', 'Срок'],
  'Задач нет.',
)}
${part(
  'Письма',
  file.letters.map((l) => [
    l.titleRu ?? html`<code>${l.template}</code>`,
    html`${l.addresseeRu ?? ''} <span class="dim">${l.addresseeRoleRu}</span>${l.onBehalfOfRu ? `, за: ${l.onBehalfOfRu}` : ''}`,
    l.atRu,
    `${l.stateRu}${l.sentRu ? `: ${l.sentRu}` : ''}`,
    l.familiarisedRu ?? (l.legallySignificant ? 'не отмечено' : '—'),
  ]),
  ['Письмо', 'Адресат', 'Когда возникло', 'Состояние', 'Ознакомлен'],
  'Писем, которые видны этому читателю, нет.',
)}
${part(
  'Документы',
  file.documents.map((d) => [
    documentRu(d),
    d.version,
    momentRu(d.addedAt, file.case.jurisdiction.zone),
    code(d.sha256),
  ]),
  ['Документ', 'Версия', 'Добавлен', 'Отпечаток (sha256)'],
  'Документов, которые видны этому читателю, нет.',
)}
${
  file.readings
    ? html`${part(
        'Кто читал дело',
        file.readings.people.map((r) => [day(r.day), r.whoRu ?? '—', r.asRu, r.whatRu, r.ofRu ?? '—', r.times]),
        ['День', 'Кто', 'В качестве кого', 'Что', 'Чьи сведения', 'Раз'],
        'Чтений не отмечено.',
      )}${file.readings.cut ? html`<p>Показаны первые строки: чтений больше.</p>` : ''}${part(
        'Записи вне дела',
        file.readings.records.map((r) => [r.atRu, r.whoRu ?? 'Платформа', r.whatRu]),
        ['Когда', 'Кто', 'Что'],
      )}`
    : ''
}
<h2>Доказательство неизменности</h2>
<p>Каждое событие скреплено с предыдущим хэшем; раз в сутки концы всех цепочек сводятся в корень, и он публикуется: <code>${proof.publishedAt}</code>.
Полная проверка — по файлу JSON этой выписки, без доступа к платформе: <code>npm run audit:verify -- --file дело.json --roots копия-корней.json</code>.</p>
${part(
  'Хэши событий',
  file.events.flatMap((e) => (e.link ? [[e.sequence, e.rootDay ? day(e.rootDay) : 'ещё нет', code(e.link.hash)]] : [])),
  ['№', 'Под корнем за', 'Хэш события'],
)}
${part(
  'Вхождение в суточные корни',
  proof.anchors.map((a) => [day(a.day), a.sequence, code(a.leaf), code(proof.days.find((d) => d.day === a.day)?.hash)]),
  ['Сутки (по московскому времени)', 'По событие', 'Лист', 'Хэш суток'],
  'Суточного корня, который покрывал бы события этой выписки, ещё нет.',
)}
<div class="sign"><span>${made.byRu}, ${made.asRu}</span><span>Подпись</span><span>${made.atRu}</span></div>
</body></html>`);
}
