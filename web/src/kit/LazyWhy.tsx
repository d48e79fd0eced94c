import { ActionIcon, Loader, Popover, Stack, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { sentences } from './Due.tsx';
import { weekdayDate } from '../lib/dates.ts';
import { caseQuery, taskQuery } from '../lib/queries.ts';
import { t } from '../i18n/index.ts';

/** «Почему эта дата?» in a list: the explanation is asked for when somebody wants it. */
export function LazyWhy({
  taskId,
  caseId,
  dueOn,
  about,
}: {
  taskId: string | null;
  caseId: string;
  dueOn: string | null;
  about: string;
}) {
  const [open, setOpen] = useState(false);
  const task = useQuery({ ...taskQuery(taskId ?? ''), enabled: open && taskId !== null });
  const whole = useQuery({ ...caseQuery(caseId), enabled: open && taskId === null });
  if (dueOn === null) return <span className="why-slot" style={{ width: 40 }} />;
  const said =
    taskId === null
      ? whole.data?.deadlines.find((d) => d.dueOn === dueOn)?.explanationRu
      : task.data?.due?.explanationRu;
  const asking = task.isFetching || whole.isFetching;
  return (
    <span className="why-slot">
      <Popover width={360} opened={open} onChange={setOpen} position="bottom-end" withArrow trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={26}
            aria-label={`${t('due.why')} ${about}`}
            onClick={() => setOpen((o) => !o)}
          >
            <IconHelp size={17} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('due.why')}>
          <Stack gap={6} tabIndex={0}>
            <Text fw={650} size="sm">
              {weekdayDate(dueOn)}
            </Text>
            {asking && !said ? (
              <Loader size="xs" />
            ) : (
              sentences(said ?? t('due.byEvent')).map((line) => (
                <Text key={line} size="sm">
                  {line}
                </Text>
              ))
            )}
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </span>
  );
}
