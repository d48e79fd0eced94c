import { Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { withOneStop } from '../../../processes/kit/letter.ts';
import { t } from '../i18n/index.ts';

export type StepState = 'done' | 'now' | 'later' | 'late' | 'skipped';

export interface RoadStep {
  title: string;
  state: StepState;
  /** What is said below the title; empty ones are left out. */
  lines: ReactNode[];
}

const STATE_WORDS: Record<StepState, string> = {
  get done() {
    return t('road.done');
  },
  get now() {
    return t('road.now');
  },
  get later() {
    return t('road.ahead');
  },
  get late() {
    return t('road.delayed');
  },
  get skipped() {
    return t('road.skipped');
  },
};

/** The whole road of a case, top to bottom: what is done, what is awaited. `below` draws what a step has besides its lines. */
export function Road<S extends RoadStep>({ steps, below }: { steps: S[]; below?: (step: S) => ReactNode }) {
  return (
    <ol className="road">
      {steps.map((step) => (
        <li key={step.title} data-state={step.state}>
          <Group gap={8} align="baseline">
            <Text fw={650} size="sm">
              {step.title}
            </Text>
            <Text size="xs" c="dimmed">
              {STATE_WORDS[step.state]}
            </Text>
          </Group>
          {step.lines.filter(Boolean).map((line, i) => (
            <Text size="sm" key={i} component="div">
              {typeof line === 'string' ? withOneStop(line) : line}
            </Text>
          ))}
          {below?.(step)}
        </li>
      ))}
    </ol>
  );
}
