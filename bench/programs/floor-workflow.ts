import { condition, defineUpdate, proxyLocalActivities, setHandler } from '@temporalio/workflow';

const { insertRow } = proxyLocalActivities<{ insertRow(id: string, n: number): Promise<number> }>({
  startToCloseTimeout: '20s',
});

export const floorAct = defineUpdate<number, [number]>('act');

/** The floor: as many updates as a case of two reviews has, each of which is one local activity that inserts one row. */
export async function floor({ id, acts }: { id: string; acts: number }): Promise<void> {
  let done = 0;
  setHandler(floorAct, async (n) => {
    const answer = await insertRow(id, n);
    done += 1;
    return answer;
  });
  await condition(() => done >= acts);
}
