import { NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { POSTS } from '../../../../processes/catalogue/posts.ts';
import { Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { OrganisationPicker, PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { todayIso } from '../../lib/dates.ts';
import type { FieldProblem } from '../../lib/problem.ts';
import type { DraftFormProps, StartScreen } from '../types.ts';

const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const school = (body: Record<string, unknown>): string =>
  text((body.place as { organisationId?: string } | undefined)?.organisationId);

/** Who enters the cycle, where and since when; the bodies above the school are known to the platform. */
function StartForm({ body, process, onChange, serverErrors }: DraftFormProps) {
  const rights = (process.policy?.parameters.rights ?? {}) as {
    posts?: string[];
    tenureMonths?: number;
    indicatorAge?: number;
  };
  const posts = POSTS.filter((p) => (rights.posts ?? []).includes(p.code));
  const put = (more: Record<string, unknown>) => onChange({ ...body, ...more });
  const error = (pointer: string) =>
    serverErrors.find((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`))?.detail;
  return (
    <Stack gap="md" maw={820}>
      <Panel title="Педагог и школа">
        <Stack gap="md">
          <PersonPicker
            id={fieldId('/menteeId')}
            label="Педагог"
            description="Если человека нет в списке, кадровая служба сначала записывает приём на работу."
            withAsterisk
            error={error('/menteeId')}
            value={text(body.menteeId)}
            onChange={(menteeId) => put({ menteeId })}
          />
          <OrganisationPicker
            id={fieldId('/place/organisationId')}
            label="Школа"
            withAsterisk
            error={error('/place')}
            value={school(body)}
            onChange={(organisationId) => put({ place: organisationId ? { organisationId } : undefined })}
          />
          <Select
            id={fieldId('/post')}
            label="Должность"
            withAsterisk
            error={error('/post')}
            data={posts.map((p) => ({ value: p.code, label: p.labelRu }))}
            value={text(body.post) || null}
            onChange={(post) => put({ post: post ?? undefined })}
          />
        </Stack>
      </Panel>
      <Panel title="Стаж и возраст">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <DateField
            id={fieldId('/hiredOn')}
            label="Принят на работу"
            description="С этого дня считаются месяцы и рубежи"
            withAsterisk
            error={error('/hiredOn')}
            value={text(body.hiredOn)}
            onChange={(hiredOn) => put({ hiredOn })}
          />
          <NumberInput
            id={fieldId('/tenureMonths')}
            label="Педагогический стаж до приёма, полных месяцев"
            description={`До ${rights.tenureMonths ?? 36}; по нему определяется год цикла`}
            withAsterisk
            error={error('/tenureMonths')}
            min={0}
            max={600}
            allowDecimal={false}
            value={typeof body.tenureMonths === 'number' ? body.tenureMonths : ''}
            onChange={(v) => put({ tenureMonths: typeof v === 'number' ? v : undefined })}
          />
          <DateField
            id={fieldId('/bornOn')}
            label="Дата рождения"
            description={`Для показателя «до ${rights.indicatorAge ?? 35} лет»; без неё педагог в показателе не учитывается`}
            error={error('/bornOn')}
            value={text(body.bornOn)}
            onChange={(bornOn) => put({ bornOn })}
          />
        </SimpleGrid>
      </Panel>
      <Panel title="Что будет дальше">
        <Text size="sm">
          Сразу после открытия: куратор предлагает наставника, наставник даёт согласие, руководитель издаёт приказ, трое
          подписывают программу наставничества. На это десять рабочих дней; если наставника нет, платформа сообщит
          руководителю, затем органу управления образованием и ЦНППМ.
        </Text>
      </Panel>
    </Stack>
  );
}

function check(body: Record<string, unknown>): FieldProblem[] {
  const out: FieldProblem[] = [];
  const need = (ok: boolean, pointer: string, detail: string) => {
    if (!ok) out.push({ pointer, detail });
  };
  need(text(body.menteeId) !== '', '/menteeId', 'Выберите педагога.');
  need(school(body) !== '', '/place/organisationId', 'Выберите школу.');
  need(text(body.post) !== '', '/post', 'Выберите должность.');
  need(text(body.hiredOn) !== '', '/hiredOn', 'Укажите дату приёма на работу.');
  need(text(body.hiredOn) <= todayIso(), '/hiredOn', 'Дата приёма на работу не может быть в будущем.');
  need(typeof body.tenureMonths === 'number', '/tenureMonths', 'Укажите стаж; у выпускника — 0.');
  return out;
}

export const start: StartScreen = {
  titleRu: 'Трёхлетний цикл молодого педагога: наставник, программа, три года с рубежами.',
  submitRu: 'Открыть цикл',
  afterRu:
    'Циклу будет присвоен номер. Условия входа закрепляются, школе ставятся задачи: наставник, приказ, программа.',
  newBody: () => ({ tenureMonths: 0 }),
  titleOf: () => 'Цикл молодого педагога',
  Form: StartForm,
  check,
  sectionOf: (pointer) => (/tenure|hired|born/.test(pointer) ? 'Стаж и возраст' : 'Педагог и школа'),
};
