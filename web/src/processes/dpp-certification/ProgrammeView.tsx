import { Table, Text, Title } from '@mantine/core';
import { COMPETENCES } from '../../../../processes/catalogue/competences.ts';
import { Chip, FactList } from '../../kit/bits.tsx';
import { longDate } from '../../lib/dates.ts';
import { number } from '../../lib/words.ts';
import type { ProcessView } from '../../lib/queries.ts';
import { asDraft, moduleHours } from './model.ts';
import { t } from './words.ts';

const KINDS = {
  get ПК() {
    return t('kind.upgrade');
  },
  get ПП() {
    return t('kind.retraining');
  },
};

/** The whole programme to read and to print. */
export function ProgrammeView({ body }: { body: Record<string, unknown>; process?: ProcessView | undefined }) {
  const d = asDraft(body);
  const sum = (key: 'lecture' | 'practice' | 'selfStudy' | 'control') =>
    d.modules.reduce((t, m) => t + (m[key] || 0), 0);
  return (
    <article className="panel programme" aria-label={t('view.programme')}>
      <Text size="sm" c="dimmed">
        {t('view.line', {
          kind: d.kind ? KINDS[d.kind] : t('view.noKind'),
          hours: d.hours ?? '—',
          form: d.form ?? t('view.noMode'),
          distanceShare: d.distanceShare ? t('view.distance', { distanceShare: d.distanceShare }) : '',
          free: d.free ? t('view.free') : '',
        })}
      </Text>
      <Title order={2} fz={20} mt={2}>
        {d.title || t('view.untitled')}
      </Title>
      <Text size="sm" mt={2}>
        {d.provider.nameRu}
      </Text>

      <Part title={t('view.forWhom')}>
        <FactList
          rows={[
            [t('form.posts'), d.target.posts.join(', ') || '—'],
            d.target.subjects.length > 0 && [t('form.subjects'), d.target.subjects.join(', ')],
            d.target.levels.length > 0 && [t('view.levels'), d.target.levels.join(', ')],
            [
              t('form.competences'),
              d.competences.map((c) => COMPETENCES.find((x) => x.code === c)?.labelRu ?? c).join('; ') || '—',
            ],
          ]}
        />
      </Part>
      <Part title={t('view.deficits')}>
        {d.deficits.map((x) => (
          <Line key={x.code} code={x.code} text={x.title} />
        ))}
      </Part>
      <Part title={t('view.functions')}>
        {d.labourFunctions.map((x) => (
          <Line key={x.code} code={x.code} text={x.title} />
        ))}
      </Part>
      <Part title={t('view.results')}>
        {d.results.map((x) => (
          <Line key={x.id} code={x.id} text={x.text} />
        ))}
      </Part>
      <Part title={t('view.plan')}>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('view.plan')}>
          <Table miw={520} withRowBorders>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('view.module')}</Table.Th>
                <Table.Th ta="right">{t('view.lec')}</Table.Th>
                <Table.Th ta="right">{t('view.pract')}</Table.Th>
                <Table.Th ta="right">{t('form.selfStudy')}</Table.Th>
                <Table.Th ta="right">{t('view.contr')}</Table.Th>
                <Table.Th ta="right">{t('view.total')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {d.modules.map((m) => (
                <Table.Tr key={m.id}>
                  <Table.Td>
                    <b>{m.id}.</b> {m.title}
                    <Text size="xs" c="dimmed">
                      {[m.results.join(', '), m.deficits.join(', ')].filter(Boolean).join(' · ')}
                    </Text>
                  </Table.Td>
                  {[m.lecture, m.practice, m.selfStudy, m.control].map((h, i) => (
                    <Table.Td key={i} ta="right" className="num">
                      {h ? number(h) : '–'}
                    </Table.Td>
                  ))}
                  <Table.Td ta="right" className="num" fw={600}>
                    {number(moduleHours(m))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
            <Table.Tfoot>
              <Table.Tr>
                <Table.Th>{t('view.sum')}</Table.Th>
                {(['lecture', 'practice', 'selfStudy', 'control'] as const).map((k) => (
                  <Table.Th key={k} ta="right" className="num">
                    {number(sum(k))}
                  </Table.Th>
                ))}
                <Table.Th ta="right" className="num">
                  {number(d.modules.reduce((t, m) => t + moduleHours(m), 0))}
                </Table.Th>
              </Table.Tr>
            </Table.Tfoot>
          </Table>
        </div>
        {d.modules.map((m) => (
          <div key={m.id} style={{ marginTop: 10 }}>
            <Text size="sm" fw={600}>
              {m.id}. {m.title}
            </Text>
            <Text size="sm" className="pre">
              {m.content}
            </Text>
          </div>
        ))}
      </Part>
      <Part title={t('view.materials')}>
        {d.assessment.map((a) => (
          <div key={a.id} style={{ marginBottom: 8 }}>
            <Text size="sm">
              <b>
                {a.id}. {a.form}
              </b>{' '}
              {a.results.map((r) => (
                <Chip key={r} tone="info">
                  {r}
                </Chip>
              ))}
            </Text>
            <Text size="sm" className="pre">
              {a.description}
            </Text>
          </div>
        ))}
      </Part>
      <Part title={t('view.conditions')}>
        <FactList
          rows={[
            [
              t('form.calendar'),
              <span key="s" className="pre">
                {d.schedule}
              </span>,
            ],
            [t('form.teachers'), d.staff.map((s) => [s.name, s.post, s.degree].filter(Boolean).join(', ')).join('; ')],
            [
              t('view.equipment'),
              <span key="p" className="pre">
                {d.premises}
              </span>,
            ],
            [
              t('view.final'),
              <span key="a" className="pre">
                {d.attestation}
              </span>,
            ],
            d.network !== undefined && [
              t('view.network'),
              t('view.networkLine', {
                agreement: d.network.agreement,
                partners: d.network.partners.map((p) => p.nameRu).join(', '),
              }),
            ],
          ]}
        />
      </Part>
      <Part title={t('view.literature')}>
        <ol style={{ margin: 0, paddingLeft: 20 }}>
          {d.literature.map((l) => (
            <li key={l.title}>
              <Text size="sm" span>
                {l.title}
                {l.year ? `, ${l.year}` : ''}
              </Text>
            </li>
          ))}
        </ol>
        <Text size="sm" mt={6}>
          {t('view.authors', { authors: d.authors.join(', ') || '—' })}
        </Text>
        {d.employers && (
          <Text size="sm" mt={6} className="pre">
            {t('view.employers', { employers: d.employers })}
          </Text>
        )}
      </Part>
      <Part title={t('form.organisation')}>
        <FactList
          rows={[
            [t('view.innOgrn'), `${d.provider.inn || '—'}, ${d.provider.ogrn || '—'}`],
            [
              t('view.licence'),
              `${d.provider.licenceNumber || '—'}${d.provider.licenceDate ? t('view.licenceDate', { licenceDate: longDate(d.provider.licenceDate) }) : ''}${d.provider.licenceAnnex ? `; ${d.provider.licenceAnnex}` : ''}`,
            ],
            d.contact.name !== '' && [
              t('view.contact'),
              [d.contact.name, d.contact.phone, d.contact.email].filter(Boolean).join(', '),
            ],
          ]}
        />
      </Part>
    </article>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section style={{ marginTop: 18 }}>
      <Title order={3} mb={6}>
        {title}
      </Title>
      {children}
    </section>
  );
}

function Line({ code, text }: { code: string; text: string }) {
  return (
    <Text size="sm" mb={3}>
      <b className="num">{code}</b> {text}
    </Text>
  );
}
