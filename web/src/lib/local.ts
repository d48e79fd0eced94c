/**
 * What a person typed, kept on this computer until it is sent: a form survives a closed tab, a lost session and a dead network.
 * Everything is dropped when the person signs out.
 */
const PREFIX = 'traektoria.form.';

export function readLocal<T>(key: string): T | null {
  try {
    const raw = localStorage.getItem(PREFIX + key);
    return raw === null ? null : (JSON.parse(raw) as T);
  } catch {
    return null;
  }
}

export function writeLocal(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // The storage is full or forbidden: the form still lives in memory.
  }
}

export function dropLocal(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing to drop.
  }
}

export function dropAllLocal(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch {
    // Nothing to drop.
  }
}
