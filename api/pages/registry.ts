/**
 * The public register: pages made on the server, without a login and without scripts, for phones, print and search engines. Everything
 * that comes from data goes through `html`, which escapes it.
 */
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { formatDateRu } from '../../processes/kit/dates.ts';
import { localDate } from '../../processes/kit/zones.ts';
import { findDeficit } from '../../processes/catalogue/competences.ts';
import type { RegisterCard, RegisterRow } from '../contract/registers.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem } from '../problems.ts';
import { publicAuthors } from '../queries/authors.ts';
import { FEDERAL, findEntry, listEntries } from '../queries/registers.ts';
import { withNobody } from '../viewer.ts';
import type { App } from '../routes/kit.ts';
import { IN_FORCE } from '../words.ts';
import { registryCss } from './style.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const pageSize = 20;
const statuses: Array<[code: string, labelRu: string]> = [
  ['in_force', 'Действующие'],
  ['suspended', 'Приостановленные'],
  ['expired', 'С истёкшим сроком'],
  ['delisted', 'Исключённые'],
  ['annulled', 'Аннулированные'],
];

interface Asked {
  q: string;
  status: string;
  region: string;
  kind: string;
  cursor: string;
}

/** `/registry`, `/registry/{number}`, and the style sheet. */
export function mountRegistryPages(app: App, deps: ApiDeps): void {
  app.get('/registry/style.css', (c) =>
    c.body(registryCss, 200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=3600' }),
  );

  app.get('/registry', async (c) => {
    const asked: Asked = {
      q: one(c.req.query('q')),
      status: one(c.req.query('status')),
      region: one(c.req.query('region')),
      kind: one(c.req.query('kind')),
      cursor: c.req.query('cursor') ?? '',
    };
    const filter = {
      q: asked.q || undefined,
      status: asked.status || undefined,
      region: asked.region || undefined,
      kind: asked.kind || undefined,
      limit: pageSize,
    };
    // A broken link shows the first page: a reader without a login cannot be asked to mend an address.
    const list = (cursor?: string) => withNobody(deps, (sql) => listEntries(sql, FEDERAL, { ...filter, cursor }, {}));
    const found = await list(asked.cursor || undefined).catch((error: unknown) => {
      if (error instanceof ApiProblem) return list();
      throw error;
    });
    const regions = await withNobody(
      deps,
      (sql) => sql<Array<{ code: string; name_ru: string }>>`
      select distinct r.code, r.name_ru from register_entry e join organisation o on o.id = e.organisation_id join region r on r.code = o.region_code
      where e.register = ${FEDERAL} and e.public order by r.name_ru`,
    );
    const title = asked.q
      ? `Поиск «${asked.q}» в Федеральном реестре`
      : 'Федеральный реестр дополнительных профессиональных программ';
    return c.html(
      layout({
        title,
        robots: asked.q || asked.cursor ? 'noindex' : 'index, follow',
        canonical: `${deps.config.api.publicUrl}/registry`,
        body: listPage(asked, found, regions),
      }),
      200,
      { 'cache-control': 'public, max-age=60' },
    );
  });

  app.get('/registry/:number', async (c) => {
    const number = c.req.param('number');
    const today = localDate(deps.now().toISOString(), 'Europe/Moscow');
    const found = await withNobody(deps, (sql) =>
      findEntry(sql, FEDERAL, number, { today, publicUrl: deps.config.api.publicUrl }),
    );
    if (!found)
      return c.html(layout({ title: 'Запись не найдена', robots: 'noindex', body: missingPage(number) }), 404);
    const { card } = found;
    return c.html(
      layout({
        title: `${card.number}: ${card.titleRu}`,
        robots: 'index, follow',
        canonical: card.publicUrl,
        body: cardPage({ ...card, authors: await publicAuthors(deps, found) }, today),
      }),
      200,
      { 'cache-control': 'public, max-age=60' },
    );
  });
}

const one = (text: string | undefined): string => (text ?? '').trim().slice(0, 200);

/** The frame of a public page. */
export function layout(page: { title: string; robots: string; canonical?: string; body: Html }): Html {
  return html`<!doctype html>
<html lang="ru">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${page.title}</title>
    <meta name="robots" content="${page.robots}" />
    ${page.canonical ? html`<link rel="canonical" href="${page.canonical}" />` : ''}
    <link rel="stylesheet" href="/registry/style.css" />
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
  </head>
  <body>
    <a class="skip" href="#main">К содержанию</a>
    <header class="top">
      <div class="wrap">
        <a class="brand" href="/registry"><img class="mark" src="/favicon.svg" alt="" width="26" height="26" />Траектория</a>
        <nav aria-label="Разделы"><a href="/registry">Реестр программ</a><a href="/registry/integrity">Неизменность записей</a><a href="/">Войти в систему</a></nav>
      </div>
    </header>
    <main id="main" class="wrap">${page.body}</main>
    <footer class="bottom">
      <div class="wrap">
        <p>Федеральный реестр дополнительных профессиональных программ педагогического образования. Записи не правятся: каждое изменение сохраняется в истории.</p>
      </div>
    </footer>
  </body>
</html>`;
}

function listPage(
  asked: Asked,
  found: { items: RegisterRow[]; next: string | null; total: number },
  regions: Array<{ code: string; name_ru: string }>,
): Html {
  return html`
    <h1>Федеральный реестр программ</h1>
    <p class="lead">Дополнительные профессиональные программы для педагогов, прошедшие профессионально-общественную экспертизу.</p>
    <form class="filters" method="get" action="/registry" role="search">
      <div class="field wide">
        <label for="q">Название, номер или организация</label>
        <input id="q" name="q" type="search" value="${asked.q}" autocomplete="off" />
      </div>
      ${select('status', 'Статус', asked.status, [['', 'Все'], ...statuses])}
      ${select('region', 'Регион организации', asked.region, [['', 'Все'], ...regions.map((row): [string, string] => [row.code, row.name_ru])])}
      ${select('kind', 'Вид программы', asked.kind, [
        ['', 'Все'],
        ['ПК', 'Повышение квалификации'],
        ['ПП', 'Профессиональная переподготовка'],
      ])}
      <div class="field buttons"><button type="submit">Найти</button><a href="/registry">Сбросить</a></div>
    </form>
    <p class="count" role="status">${countRu(found.total)}</p>
    ${found.items.length === 0 ? html`<p class="empty">По этому запросу ничего не найдено. Измените слова или сбросьте отбор.</p>` : html`<ul class="cards">${found.items.map(rowItem)}</ul>`}
    <nav class="pages" aria-label="Страницы">
      ${asked.cursor ? html`<a href="${linkTo(asked, '')}">К началу</a>` : ''} ${found.next ? html`<a rel="next" href="${linkTo(asked, found.next)}">Дальше</a>` : ''}
    </nav>`;
}

function select(name: string, label: string, value: string, options: Array<[string, string]>): Html {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">${options.map(([code, text]) => html`<option value="${code}" ${code === value ? raw('selected') : ''}>${text}</option>`)}</select>
  </div>`;
}

function linkTo(asked: Asked, cursor: string): string {
  const pairs = Object.entries({ ...asked, cursor }).filter(([, value]) => value !== '');
  const text = new URLSearchParams(pairs).toString();
  return text ? `/registry?${text}` : '/registry';
}

function rowItem(row: RegisterRow): Html {
  return html`<li class="card">
    <p class="meta"><span class="number">${row.number}</span>${badge(row.status, row.statusRu)}</p>
    <h2><a href="/registry/${encodeURIComponent(row.number)}">${row.titleRu}</a></h2>
    <p class="about">${row.organisation?.nameRu ?? ''}${row.organisation ? html`, ${row.organisation.regionRu}` : ''}</p>
    <p class="facts">${kindRu(row.kind)}${row.hours === null ? '' : html`, ${row.hours}\u00a0ч`}${row.validUntil && IN_FORCE.includes(row.status) ? html`, действует по ${dateRu(row.validUntil)}` : ''}</p>
  </li>`;
}

function cardPage(card: RegisterCard, today: string): Html {
  const { facts } = card;
  const inForce = IN_FORCE.includes(card.status) && (card.validUntil === null || card.validUntil >= today);
  const deficits = Array.isArray(facts.deficits) ? (facts.deficits as string[]) : [];
  const order = facts.order as { number?: string; date?: string } | undefined;
  return html`
    <nav class="crumbs" aria-label="Путь"><a href="/registry">Реестр программ</a></nav>
    <article class="entry">
      <p class="meta"><span class="number">${card.number}</span>${badge(card.status, card.statusRu)}</p>
      <h1>${card.titleRu}</h1>
      <p class="validity ${inForce ? 'good' : 'bad'}">${validityRu(card, inForce)}</p>
      <dl class="grid">
        ${fact('Организация', card.organisation ? `${card.organisation.nameRu}, ${card.organisation.regionRu}` : null)} ${fact('Вид программы', kindRu(card.kind))}
        ${fact('Объём', card.hours === null ? null : `${card.hours} ч`)} ${fact('Форма обучения', textOf(facts.form))}
        ${fact('Доля дистанционного обучения', typeof facts.distanceShare === 'number' ? `${facts.distanceShare} %` : null)}
        ${fact('Для слушателей', typeof facts.free === 'boolean' ? (facts.free ? 'бесплатно' : 'платно') : null)} ${fact('Авторы', authorsRu(card.authors))} ${fact('Версия записи', String(card.version))}
        ${fact('Срок действия', card.validFrom && card.validUntil ? `с ${dateRu(card.validFrom)} по ${dateRu(card.validUntil)}` : null)}
        ${fact('Приказ', order?.number ? `№ ${order.number}${order.date ? ` от ${dateRu(order.date)}` : ''}` : null)}
      </dl>
      ${deficits.length > 0 ? html`<section><h2>Какие дефициты закрывает</h2><ul class="tags">${deficits.map((code) => html`<li>${findDeficit(code)?.labelRu ?? code}</li>`)}</ul></section>` : ''}
      <section><h2>Учебные группы</h2><p>${groupsRu(card)}</p>${card.groups.length > 0 ? groupTable(card) : ''}</section>
      <section><h2>История записи</h2>${historyTable(card)}</section>
      <p class="permanent">Постоянная ссылка: <a href="${card.publicUrl}">${card.publicUrl}</a></p>
    </article>`;
}

function fact(label: string, value: string | null): Html | string {
  return value ? html`<div><dt>${label}</dt><dd>${value}</dd></div>` : '';
}

function groupTable(card: RegisterCard): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Учебные группы">
    <table>
      <thead><tr><th scope="col">Организация</th><th scope="col">Человек</th><th scope="col">Начало</th><th scope="col">Окончание</th><th scope="col">Версия</th></tr></thead>
      <tbody>
        ${card.groups.map((group) => html`<tr><td>${group.organisationRu}</td><td>${group.size}</td><td>${dateRu(group.startedOn)}</td><td>${group.finishedOn ? dateRu(group.finishedOn) : 'учится'}</td><td>${group.entryVersion}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}

function historyTable(card: RegisterCard): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="История записи">
    <table>
      <thead><tr><th scope="col">Дата</th><th scope="col">Статус</th><th scope="col">Версия</th><th scope="col">Действует по</th></tr></thead>
      <tbody>
        ${[...card.history].reverse().map((row) => html`<tr><td>${dateRu(localDate(row.at, 'Europe/Moscow'))}</td><td>${row.statusRu}</td><td>${row.version}</td><td>${row.validUntil ? dateRu(row.validUntil) : ''}</td></tr>`)}
      </tbody>
    </table>
  </div>`;
}

function missingPage(number: string): Html {
  return html`<h1>Записи нет</h1>
    <p class="lead">В реестре нет открытой записи «${number}». Проверьте номер или найдите программу по названию.</p>
    <p><a class="button" href="/registry">К реестру</a></p>`;
}

/** The policy of groups in words: what may begin, what goes on. */
function groupsRu(card: RegisterCard): string {
  if (card.mayOpenGroup)
    return 'По программе можно открывать новые группы. Группы, начатые в срок действия записи, учатся до конца и засчитываются.';
  return `${card.whyNoGroupRu ?? 'Новые группы не открываются.'} Группы, начатые раньше, учатся до конца и засчитываются.`;
}

function validityRu(card: RegisterCard, inForce: boolean): string {
  if (inForce) return card.validUntil ? `Действует по ${dateRu(card.validUntil)} включительно` : 'Действует';
  return card.validUntil && IN_FORCE.includes(card.status)
    ? `Срок действия истёк ${dateRu(card.validUntil)}`
    : `Не действует: ${card.statusRu.toLowerCase()}`;
}

function badge(status: string, labelRu: string): Html {
  const tone =
    status === 'suspended'
      ? 'warn'
      : IN_FORCE.includes(status)
        ? status === 'expiring' || status === 'prolonged'
          ? 'warn'
          : 'good'
        : 'bad';
  return html`<span class="badge ${tone}">${labelRu}</span>`;
}

/** Names by consent alone; the number of authors is no secret and stays when a consent is withdrawn. */
function authorsRu(authors: RegisterCard['authors']): string | null {
  if (!authors) return null;
  const { count, named } = authors;
  if (named.length === 0) return `${count}, имена не публикуются`;
  return `${named.join(', ')}${count > named.length ? ` и ещё ${count - named.length}` : ''}`;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const dateRu = (date: string): string => (/^\d{4}-\d\d-\d\d$/.test(date) ? formatDateRu(date) : date);
const kindRu = (kind: string | null): string =>
  kind === 'ПК' ? 'Повышение квалификации' : kind === 'ПП' ? 'Профессиональная переподготовка' : (kind ?? '');

function countRu(n: number): string {
  const form = new Intl.PluralRules('ru').select(n);
  return `${form === 'one' ? 'Найдена' : 'Найдено'} ${n} ${form === 'one' ? 'запись' : form === 'few' ? 'записи' : 'записей'}`;
}
