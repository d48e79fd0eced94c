/** What anybody may check about the record, without an account: the daily roots and how to use them. */
import { html } from 'hono/html';
import { formatDateRu } from '../../processes/kit/dates.ts';
import type { ApiDeps } from '../ports.ts';
import type { App } from '../routes/kit.ts';
import { type RootRow, rootView } from '../routes/evidence.ts';
import { layout } from './registry.ts';

const shown = 60;

/** `/registry/integrity`: stands before `/registry/{number}`, so no entry can be named so. */
export function mountIntegrityPage(app: App, deps: ApiDeps): void {
  app.get('/registry/integrity', async (c) => {
    const rows = await deps.sql<RootRow[]>`select * from chain_root order by day desc limit ${shown}`;
    const roots = rows.map(rootView);
    const body = html`
      <h1>Неизменность записей</h1>
      <p class="lead">Всё, что происходит с делом, записывается событиями, и каждое событие скреплено с предыдущим хэшем. Раз в сутки
        платформа сводит концы всех цепочек в один корень и публикует его здесь. Если потом изменить, удалить, переставить или
        отрезать хотя бы одно событие, корень перестанет сходиться.</p>
      <section>
        <h2>Как проверить</h2>
        <ol>
          <li>Сохраните копию: <a href="/api/integrity/roots">/api/integrity/roots</a>. Чем дольше копия хранится не у нас, тем больше она доказывает.</li>
          <li>Пересчитайте строку суток: <code>hash</code> — это sha256 шести строк <code>previous</code>, <code>day</code>, <code>cases</code>,
            <code>root</code>, <code>records</code>, <code>recordsDigest</code>, соединённых переводом строки (LF), в UTF-8.
            <code>previous</code> равен <code>hash</code> предыдущих суток, у первых суток — 64 нуля.</li>
          <li>Пересчитайте корень: <code>/api/integrity/roots/{day}</code> отдаёт листья по порядку. Узел — sha256 байта 0x01 и двух соседних
            хэшей; лист без пары поднимается выше как есть.</li>
          <li>Участник дела видит свои листья: <code>/api/cases/{id}/integrity</code>. Лист — sha256 байта 0x00, текста «номер дела в
            системе:номер события:» и хэша этого события. Найдите его среди листьев суток.</li>
          <li>Кто читает дело, берёт на его странице выписку из журнала: в файле JSON есть звенья цепочки, листья и пути к корням. Её проверяют
            без доступа к платформе: <code>npm run audit:verify -- --file дело.json --roots копия.json</code>.</li>
          <li>Всю запись целиком сверяет хозяин установки: <code>npm run audit:verify -- --roots копия.json</code>. Проверка называет дело,
            номер события и строку таблицы, где запись изменена, удалена, переставлена или отрезана.</li>
        </ol>
        <p>Персональные данные в листья не входят: под хэшем лежит только отпечаток зашифрованного текста, поэтому удаление данных
          человека не рвёт ни одной цепочки.</p>
      </section>
      <section>
        <h2>Суточные корни</h2>
        ${
          roots.length === 0
            ? html`<p class="empty">Первый корень появится после ближайшей полуночи по московскому времени.</p>`
            : html`<div class="scroll" tabindex="0" role="region" aria-label="Суточные корни">
                <table>
                  <thead><tr><th scope="col">Сутки</th><th scope="col">Дел</th><th scope="col">Записей вне дел</th><th scope="col">Хэш суток</th></tr></thead>
                  <tbody>${roots.map((root) => html`<tr><td>${formatDateRu(root.day)}</td><td>${root.cases}</td><td>${root.records}</td><td><code>${root.hash}</code></td></tr>`)}</tbody>
                </table>
              </div>
              <p>Более ранние корни: <a href="/api/integrity/roots?limit=100">в JSON</a>.</p>`
        }
      </section>`;
    return c.html(
      layout({
        title: 'Неизменность записей',
        robots: 'index, follow',
        canonical: `${deps.config.api.publicUrl}/registry/integrity`,
        body,
      }),
      200,
      { 'cache-control': 'public, max-age=60' },
    );
  });
}
