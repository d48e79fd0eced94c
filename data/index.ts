/** Typed access to the texts of the repository: programmes of the memo and what a demonstration or a test fills forms with. */
import type { Programme } from '../processes/dpp-certification/programme.ts';
import { listData, readData } from '../prisma/seed/files.ts';

export interface ProgrammeFile extends Programme {
  source: { key: string; facts?: string[]; illustrative: string; chosen?: Record<string, string>; schools?: string[]; subjects?: string[] };
}

/** The four training programmes of the Rostov memo; `source.facts` names what the memo says, the rest is illustrative. */
export function memoProgrammes(): ProgrammeFile[] {
  return readFolder('programmes');
}

/** Twelve short illustrative applications from providers of ten regions. */
export function demoProgrammes(): ProgrammeFile[] {
  return readFolder('demo', 'programmes');
}

/** One programme of either set by its key; throws when there is none. */
export function getProgramme(key: string): ProgrammeFile {
  const found = [...memoProgrammes(), ...demoProgrammes()].find((row) => row.source.key === key);
  if (!found) throw new Error(`No programme with the key «${key}»`);
  return found;
}

export interface DemoConclusion {
  key: string;
  verdict: 'approve' | 'revise' | 'reject';
  scores: Record<string, number>;
  remarks: Array<{ id: string; criterion: string; place: string; text: string }>;
  summary: string;
  /** Written for an arbiter. */
  arbiter?: boolean;
}

export function demoConclusions(): DemoConclusion[] {
  return readData<{ conclusions: DemoConclusion[] }>('demo', 'conclusions.json').conclusions;
}

export interface DemoTexts {
  defects: Array<{ place: string; text: string }>;
  /** Type of action → sentences to choose from. */
  reasons: Record<string, string[]>;
  orders: Array<{ number: string; date: string }>;
  remarkGroups: string[];
}

export function demoTexts(): DemoTexts {
  return readData<DemoTexts>('demo', 'texts.json');
}

function readFolder(...path: string[]): ProgrammeFile[] {
  return listData(...path).map((name) => readData<ProgrammeFile>(...path, name));
}
