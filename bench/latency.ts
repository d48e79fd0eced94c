import { randomUUID } from 'node:crypto';
import { request, type Stage } from './stage.ts';
import { percentile } from './statistics.ts';

/** One client, nothing else: how long a person waits. Completing a task, and from the start of a case to its task in an inbox. */
export async function measureLatency(stage: Stage, samples: number): Promise<void> {
  const { jurisdiction, organisationId, people, reviewersOf } = stage.world;
  const complete: number[] = [];
  const visible: number[] = [];
  for (let index = -10; index < samples; index += 1) {
    const reviewers = reviewersOf(index + 10);
    const body = { topic: `Тема ${randomUUID()}`, reviewers, organisationId };
    const began = performance.now();
    const { caseId } = await request(stage, people.methodist, 'POST', '/api/cases', {
      process: 'review-pair',
      action: 'submit',
      jurisdiction,
      body,
    });
    let seen = false;
    while (!seen) {
      const inbox = await request(stage, reviewers[0], 'GET', '/api/inbox?limit=50');
      seen = inbox.items.some((item: { caseId: string }) => item.caseId === caseId);
    }
    const startMs = performance.now() - began;
    for (const personId of reviewers) {
      const asked = performance.now();
      await request(stage, personId, 'POST', `/api/cases/${caseId}/actions/review`, { verdict: 'да' });
      // The first ones warm the caches.
      if (index >= 0) complete.push(performance.now() - asked);
    }
    if (index >= 0) visible.push(startMs);
  }
  const show = (values: number[]) =>
    `p50 ${percentile(values, 50).toFixed(1)} ms, p99 ${percentile(values, 99).toFixed(1)} ms (${values.length} samples)`;
  console.log(`  completing one task over HTTP: ${show(complete)}`);
  console.log(`  start of a case until its task is seen in the inbox: ${show(visible)}`);
}
