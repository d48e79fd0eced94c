import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
// CommonJS whose names Node cannot see from outside.
import proto from '@temporalio/proto';
import type { Key } from './keyring.ts';
import { seal, unseal } from './sealed.ts';

const encrypted = 'binary/encrypted';
const keyIdField = 'encryption-key-id';
const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/**
 * Encrypts every payload that rests in the engine, with AES-256-GCM. The id of the key travels in the metadata; the first key
 * writes, all of them read, so a key is retired only after the retention of the last run it wrote.
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #keys: Map<string, Buffer>;
  readonly #writer: Key;

  constructor(keys: Key[]) {
    const [first] = keys;
    if (!first) throw new Error('the payload codec needs a key');
    this.#writer = first;
    this.#keys = new Map(keys.map((key) => [key.id, key.bytes]));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => ({
      metadata: { [METADATA_ENCODING_KEY]: encode(encrypted), [keyIdField]: encode(this.#writer.id) },
      data: seal(this.#writer.bytes, PayloadMessage.encode(payload as never).finish(), this.#writer.id),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
      if (!encoding || decode(encoding) !== encrypted) return payload;
      const keyId = decode(payload.metadata?.[keyIdField] ?? new Uint8Array());
      const key = this.#keys.get(keyId);
      if (!key) throw new ValueError(`the payload is encrypted with an unknown key: ${keyId}`);
      return PayloadMessage.decode(unseal(key, payload.data ?? new Uint8Array(), keyId)) as Payload;
    });
  }
}
