/**
 * The table of a process as BPMN 2.0 with a layout. Stages are tasks, deadlines are boundary timers, final stages lead to end events; the
 * ids are stable (`Stage_<code>`, `Flow_<row>_<stage>`), so that a screen can mark where a case is.
 *
 * The layout is our own: bpmn-auto-layout 1.3 fails on the loops of this table (several ways back to one stage).
 */
import { createHash } from 'node:crypto';
import type { AnyProcess, StageInfo, TransitionRow } from '../../processes/kit/types.ts';

const cache = new Map<string, Promise<string>>();

/** XML of a process, laid out once per table. */
export function diagramOf(
  process: AnyProcess,
  disabledRows: readonly string[] = [],
): Promise<{ xml: Promise<string>; etag: string }> {
  const rows = process.table.filter(({ id }) => !disabledRows.includes(id));
  const digest = createHash('sha256')
    .update(JSON.stringify([rows, process.stages, process.nameRu]))
    .digest('hex')
    .slice(0, 32);
  const known = cache.get(digest) ?? Promise.resolve().then(() => toBpmn(process, rows));
  cache.set(digest, known);
  known.catch(() => cache.delete(digest));
  return Promise.resolve({ xml: known, etag: digest });
}

interface Arrow {
  from: string;
  to: string;
  rows: TransitionRow[];
}

/** Rows that move the case, one arrow for each pair of stages; rows that leave it where it is are in the table, not in the picture. */
function arrowsOf(process: AnyProcess, rows: TransitionRow[]): { arrows: Arrow[]; timers: Arrow[]; starts: Arrow[] } {
  const open = Object.values(process.stages)
    .filter(({ final }) => !final)
    .map(({ code }) => code);
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
  return {
    starts: every.filter(({ from }) => from === 'none'),
    timers: every.filter((arrow) => arrow.from !== 'none' && isTimer(arrow)),
    arrows: every.filter((arrow) => arrow.from !== 'none' && !isTimer(arrow)),
  };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const short = (rows: TransitionRow[]): string => {
  const words = [...new Set(rows.map(({ effectRu }) => effectRu))];
  return words.length <= 2 ? words.join('; ') : `${words.slice(0, 2).join('; ')} и ещё ${words.length - 2}`;
};

const kinds: Partial<Record<StageInfo['waitingFor'], string>> = {
  system: 'serviceTask',
  registry: 'serviceTask',
  outside: 'receiveTask',
  nobody: 'task',
};

function toBpmn(process: AnyProcess, rows: TransitionRow[]): string {
  const { arrows, timers, starts } = arrowsOf(process, rows);
  const flows: string[] = [];
  const incoming = new Map<string, string[]>();
  const outgoing = new Map<string, string[]>();
  const edges: Edge[] = [];
  const flow = (id: string, from: string, to: string, name: string) => {
    edges.push({ id, from, to });
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
  const refs = (id: string) =>
    `${(incoming.get(id) ?? []).map((f) => `<bpmn:incoming>${f}</bpmn:incoming>`).join('')}${(outgoing.get(id) ?? []).map((f) => `<bpmn:outgoing>${f}</bpmn:outgoing>`).join('')}`;
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
    ...drawn
      .filter(({ final }) => final)
      .map(
        ({ code, labelRu }) =>
          `<bpmn:endEvent id="End_${code}" name="${escape(labelRu)}">${refs(`End_${code}`)}</bpmn:endEvent>`,
      ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="Definitions_${process.code}" targetNamespace="urn:traektoria:${process.slug}">
<bpmn:process id="Process_${process.code}" name="${escape(process.nameRu)}" isExecutable="false">${nodes.join('')}${flows.join('')}</bpmn:process>
${drawing(
  process.code,
  edges,
  timers.map((arrow) => ({ id: `Timer_${flowId(arrow)}`, host: `Stage_${arrow.from}` })),
)}
</bpmn:definitions>`;
}

interface Edge {
  id: string;
  from: string;
  to: string;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

type Point = [x: number, y: number];

const column = 300;
const line = 190;
const lane = 16;
const event = 36;

/** Columns by the distance from the start, ways forward through the gaps between columns, ways back below everything, a lane each. */
function drawing(code: string, edges: Edge[], timers: Array<{ id: string; host: string }>): string {
  const hostOf = new Map(timers.map(({ id, host }) => [id, host]));
  const boxes = place(edges, hostOf);
  const bottom = Math.max(...[...boxes.values()].map((box) => box.y + box.height)) + 50;
  const seats = new Map<string, number>();
  for (const { id, host } of timers) {
    const seat = seats.get(host) ?? 0;
    seats.set(host, seat + 1);
    const at = boxes.get(host);
    if (at) boxes.set(id, { x: at.x + 14 + seat * 44, y: at.y + at.height - event / 2, width: event, height: event });
  }
  let used = 0;
  const lines = edges.map((edge, i) => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (!from || !to) return '';
    const back = to.x <= from.x;
    const points = back ? wayBack(from, to, bottom + lane * used++) : wayForward(from, to, i, hostOf.has(edge.from));
    return `<bpmndi:BPMNEdge id="${edge.id}_di" bpmnElement="${edge.id}">${points.map(([x, y]) => `<di:waypoint x="${Math.round(x)}" y="${Math.round(y)}" />`).join('')}</bpmndi:BPMNEdge>`;
  });
  const shapes = [...boxes].map(
    ([id, box]) =>
      `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" /></bpmndi:BPMNShape>`,
  );
  return `<bpmndi:BPMNDiagram id="Diagram_${code}"><bpmndi:BPMNPlane id="Plane_${code}" bpmnElement="Process_${code}">${shapes.join('')}${lines.join('')}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>`;
}

/** Where each node stands: its column is its distance from the start, its line is its turn in the column. */
function place(edges: Edge[], hostOf: Map<string, string>): Map<string, Box> {
  const distance = new Map<string, number>([['Start', 0]]);
  for (let found = true; found; ) {
    found = false;
    for (const { from, to } of edges) {
      const base = distance.get(hostOf.get(from) ?? from);
      if (base === undefined || distance.has(to)) continue;
      // Breadth first: what is reached in this pass waits for the next.
      if (
        base === Math.max(...distance.values()) ||
        !edges.some(
          (other) =>
            distance.has(hostOf.get(other.from) ?? other.from) &&
            !distance.has(other.to) &&
            (distance.get(hostOf.get(other.from) ?? other.from) ?? 0) < base,
        )
      ) {
        distance.set(to, base + 1);
        found = true;
      }
    }
  }
  const taken = new Map<number, number>();
  const boxes = new Map<string, Box>();
  for (const [id, depth] of distance) {
    const turn = taken.get(depth) ?? 0;
    taken.set(depth, turn + 1);
    const isEvent = id === 'Start' || id.startsWith('End_');
    const size = isEvent ? { width: event, height: event } : { width: 150, height: 84 };
    boxes.set(id, {
      x: 60 + depth * column + (150 - size.width) / 2,
      y: 60 + turn * line + (84 - size.height) / 2,
      ...size,
    });
  }
  return boxes;
}

function wayForward(from: Box, to: Box, nr: number, isTimer: boolean): Point[] {
  const y2 = to.y + to.height / 2;
  // Lines that share a gap keep apart.
  const gap = to.x - 40 - (nr % 7) * 10;
  if (isTimer) {
    const y = from.y + from.height + 14 + (nr % 4) * 8;
    return [
      [from.x + from.width / 2, from.y + from.height],
      [from.x + from.width / 2, y],
      [gap, y],
      [gap, y2],
      [to.x, y2],
    ];
  }
  const y1 = from.y + from.height / 2;
  return y1 === y2 && to.x - from.x <= column + 150
    ? [
        [from.x + from.width, y1],
        [to.x, y2],
      ]
    : [
        [from.x + from.width, y1],
        [gap, y1],
        [gap, y2],
        [to.x, y2],
      ];
}

function wayBack(from: Box, to: Box, y: number): Point[] {
  const x1 = from.x + from.width * 0.75;
  const x2 = to.x + to.width * 0.25;
  return [
    [x1, from.y + from.height],
    [x1, y],
    [x2, y],
    [x2, to.y + to.height],
  ];
}
