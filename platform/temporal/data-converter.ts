import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { EncryptionCodec } from '../crypto/payload-codec.ts';
import type { Keyring } from '../crypto/keyring.ts';

/** Loaded by path, by clients, workers and the workflow bundle alike. */
export const failureConverterPath = fileURLToPath(new URL('../crypto/failure-converter.cjs', import.meta.url));

/** Everything that rests in the engine is encrypted, failures and their stack traces included. */
export function createDataConverter(keys: Keyring): DataConverter {
  return { payloadCodecs: [new EncryptionCodec(keys.payload)], failureConverterPath };
}
