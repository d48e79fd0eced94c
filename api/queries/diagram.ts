/**
 * The table of a process as BPMN 2.0 with a layout. Stages are tasks, deadlines are boundary timers, final stages lead to end events; the
 * ids are stable (`Stage_<code>`, `Flow_<row>`), so that a screen can mark where a case is.
 */
import { createHash } from 'node:crypto';
import type { AnyProcess, StageInfo, TransitionRow } from '../../processes/kit/types.ts';

const cache = new Map<string, Promise<string>>();

/** XML of a process, laid out once per table. */
export function diagramOf(process: AnyProcess, disabledRows: readonly string[] = []): Promise<{ xml: Promise<string>; etag: string }> {
  const rows = process.table.filter(({ id }) => !disabledRows.includes(id));
  const digest = createHash('sha256').update(JSON.stringify([rows, process.stages, process.nameRu])).digest('hex').slice(0, 32);
  const known = cache.get(digest) ?? layout(toBpmn(process, rows));
  cache.set(digest, known);
  known.catch(() => cache.delete(digest));
  return Promise.resolve({ xml: known, etag: digest });
}

async function layout(xml: string): Promise<string> {
  const { layoutProcess } = await import('bpmn-auto-layout');
  return layoutProcess(xml);
}

interface Arrow {
  from: string;
  to: string;
  rows: TransitionRow[];
}

/** Rows that move the case, one arrow for each pair of stages; rows that leave it where it is are in the table, not in the picture. */
function arrowsOf(process: AnyProcess, rows: TransitionRow[]): { arrows: Arrow[]; timers: Arrow[]; starts: Arrow[] } {
  const open = Object.values(process.stages).filter(({ final }) => !final).map(({ code }) => code);
  const all = new Map<string, Arrow>();
  for (const row of rows) {
    if (!process.stages[row.to]) continue;
    const from = row.from === 'none' ? ['none'] : row.from === 'any_open' ? open : row.from;
    for (const code of from) {
      if (code !== 'none' && !process.stages[code]) continue;
      const key = `${code}>${row.to}>${row.on.startsWith('deadline:') ? 'timer' : 'act'}`;
      const arrow = all.get(key) ?? { from: code, to: row.to, rows: [] };
      arrow.rows.push(row);
      all.set(key, arrow);
    }
  }
  const every = [...all.values()].filter(({ from, to }) => from !== to);
  const isTimer = ({ rows: of }: Arrow) => of.every(({ on }) => on.startsWith('deadline:'));
  return { starts: every.filter(({ from }) => from === 'none'), timers: every.filter((arrow) => arrow.from !== 'none' && isTimer(arrow)), arrows: every.filter((arrow) => arrow.from !== 'none' && !isTimer(arrow)) };
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const short = (rows: TransitionRow[]): string => {
  const words = [...new Set(rows.map(({ effectRu }) => effectRu))];
  return words.length <= 2 ? words.join('; ') : `${words.slice(0, 2).join('; ')} и ещё ${words.length - 2}`;
};

const kinds: Partial<Record<StageInfo['waitingFor'], string>> = { system: 'serviceTask', registry: 'serviceTask', outside: 'receiveTask', nobody: 'task' };

function toBpmn(process: AnyProcess, rows: TransitionRow[]): string {
  const { arrows, timers, starts } = arrowsOf(process, rows);
  const flows: string[] = [];
  const incoming = new Map<string, string[]>();
  const outgoing = new Map<string, string[]>();
  const flow = (id: string, from: string, to: string, name: string) => {
    flows.push(`<bpmn:sequenceFlow id="${id}" name="${escape(name)}" sourceRef="${from}" targetRef="${to}" />`);
    outgoing.set(from, [...(outgoing.get(from) ?? []), id]);
    incoming.set(to, [...(incoming.get(to) ?? []), id]);
  };
  const flowId = (arrow: Arrow) => `Flow_${arrow.rows[0]?.id ?? 'row'}_${arrow.from}`;
  for (const arrow of starts) flow(flowId(arrow), 'Start', `Stage_${arrow.to}`, short(arrow.rows));
  for (const arrow of arrows) flow(flowId(arrow), `Stage_${arrow.from}`, `Stage_${arrow.to}`, short(arrow.rows));
  for (const arrow of timers) flow(flowId(arrow), `Timer_${flowId(arrow)}`, `Stage_${arrow.to}`, short(arrow.rows));
  const drawn = Object.values(process.stages).filter(({ code }) => incoming.has(`Stage_${code}`));
  for (const { code, final } of drawn) if (final) flow(`Flow_end_${code}`, `Stage_${code}`, `End_${code}`, '');
  const refs = (id: string) => `${(incoming.get(id) ?? []).map((f) => `<bpmn:incoming>${f}</bpmn:incoming>`).join('')}${(outgoing.get(id) ?? []).map((f) => `<bpmn:outgoing>${f}</bpmn:outgoing>`).join('')}`;
  const nodes = [
    ...(starts.length > 0 ? [`<bpmn:startEvent id="Start" name="Начало">${refs('Start')}</bpmn:startEvent>`] : []),
    ...drawn.map(({ code, labelRu, waitingFor }) => {
      const kind = kinds[waitingFor] ?? 'userTask';
      return `<bpmn:${kind} id="Stage_${code}" name="${escape(labelRu)}">${refs(`Stage_${code}`)}</bpmn:${kind}>`;
    }),
    ...timers.map((arrow) => {
      const id = `Timer_${flowId(arrow)}`;
      return `<bpmn:boundaryEvent id="${id}" name="${escape(short(arrow.rows))}" attachedToRef="Stage_${arrow.from}">${refs(id)}<bpmn:timerEventDefinition id="Definition_${id}" /></bpmn:boundaryEvent>`;
    }),
    ...drawn.filter(({ final }) => final).map(({ code, labelRu }) => `<bpmn:endEvent id="End_${code}" name="${escape(labelRu)}">${refs(`End_${code}`)}</bpmn:endEvent>`),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="Definitions_${process.code}" targetNamespace="urn:traektoria:${process.slug}">
<bpmn:process id="Process_${process.code}" name="${escape(process.nameRu)}" isExecutable="false">${nodes.join('')}${flows.join('')}</bpmn:process>
</bpmn:definitions>`;
}
