import { randomUUID } from 'node:crypto';
import type { Pool } from '../../platform/db/pool.ts';
import { createWorld } from '../fixtures/world.ts';

const reviewerCount = 60;

export interface ReviewWorld {
  jurisdiction: string;
  organisationId: string;
  people: { methodist: string; coordinator: string };
  /** Two people for the n-th story; so many that nobody's inbox grows into a digest. */
  reviewersOf(story: number): [string, string];
}

/** The world of the fixture process, with many reviewers, all of whom live where it is noon: letters leave at once. */
export async function createReviewWorld(pool: Pool): Promise<ReviewWorld> {
  const { jurisdiction, organisationId, methodist, coordinator } = await createWorld(pool);
  const reviewers = Array.from({ length: reviewerCount }, () => randomUUID());
  for (const id of reviewers) {
    await pool`
      insert into person (id, family_name, given_name, display_name, email, zone, synthetic)
      values (${id}, 'Рецензент', 'Имя', 'Рецензент', ${`${id}@example.invalid`}, 'UTC', true)`;
  }
  await pool`update person set zone = ${zoneOfNoon()}`;
  return {
    jurisdiction,
    organisationId,
    people: { methodist, coordinator },
    reviewersOf: (story) => [
      reviewers[(story * 2) % reviewerCount] as string,
      reviewers[(story * 2 + 1) % reviewerCount] as string,
    ],
  };
}

/** A zone in which the day is about half over. */
export function zoneOfNoon(now = new Date()): string {
  const ahead = 12 - now.getUTCHours();
  // Names of these zones count the other way round.
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}
