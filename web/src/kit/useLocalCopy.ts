import { useEffect, useRef, useState } from 'react';
import { dropLocal, readLocal, writeLocal } from '../lib/local.ts';

/** A value that is also kept on this computer; `forget` after it was sent. */
export function useLocalCopy<T>(key: string, initial: T): [T, (next: T | ((before: T) => T)) => void, () => void] {
  const [value, setValue] = useState<T>(() => readLocal<T>(key) ?? initial);
  const touched = useRef(false);
  useEffect(() => {
    if (touched.current) writeLocal(key, value);
  }, [key, value]);
  const change = (next: T | ((before: T) => T)) => {
    touched.current = true;
    setValue(next);
  };
  const forget = () => {
    touched.current = false;
    dropLocal(key);
  };
  return [value, change, forget];
}
