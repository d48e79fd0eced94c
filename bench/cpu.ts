import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds of one tick of the kernel's clock of CPU time (USER_HZ is 100 on every Linux we know). */
const tickMs = 10;

interface Stat {
  parent: number;
  ticks: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // Of children only those that have ended and were waited for.
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return undefined;
  }
}

/**
 * CPU time in ms that a process has used so far, with its children where `children` is set (PostgreSQL serves each connection by a
 * process of its own); 0 where there is no /proc. Unlike the clock on the wall it does not grow because somebody else uses the
 * machine.
 */
export function cpuOf(pid: number, options: { children: boolean }): number {
  const own = statOf(pid);
  if (!own) return 0;
  if (!options.children) return own.ticks * tickMs;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === pid);
  return children.reduce((sum, stat) => sum + (stat?.ticks ?? 0), own.ticks) * tickMs;
}
