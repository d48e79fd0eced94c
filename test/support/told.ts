/** Stories told on the pure harness and repeated on the real engine: which of them, and how many at once. */

interface Story {
  cases: Map<string, { rows(): string[] }>;
}

const rowsOf = (story: Story): Set<string> => new Set([...story.cases.values()].flatMap((run) => run.rows()));

/**
 * As few stories as together tell every row that any of them tells: the engine's time is dear, and the rules were tested by all of them.
 * `ALL_STORIES=1` repeats each.
 */
export function covering<S extends Story>(stories: readonly S[]): S[] {
  if (process.env.ALL_STORIES) return [...stories];
  const left = new Set(stories.flatMap((story) => [...rowsOf(story)]));
  const chosen: S[] = [];
  const news = (story: S) => [...rowsOf(story)].filter((row) => left.has(row)).length;
  while (left.size > 0) {
    const best = stories.reduce((a, b) => (news(b) > news(a) ? b : a));
    chosen.push(best);
    for (const row of rowsOf(best)) left.delete(row);
  }
  return chosen;
}

const AT_ONCE = 6;

/** Tells them side by side, each with people and cases of its own; answers what went wrong. */
export async function sideBySide<S>(stories: readonly S[], tell: (story: S) => Promise<string[]>): Promise<string[]> {
  const waiting = [...stories];
  const faults: string[] = [];
  const next = async (): Promise<void> => {
    for (let story = waiting.shift(); story; story = waiting.shift())
      faults.push(...(await tell(story).catch((error: unknown) => [(error as Error).message])));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return faults;
}
