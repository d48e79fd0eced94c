import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { Keyring } from '../crypto/keyring.ts';
import { createDataConverter } from './data-converter.ts';

export interface EngineAddress {
  address: string;
  namespace: string;
  tls?: ConnectionOptions['tls'];
  apiKey?: string;
}

export interface Engine {
  connection: Connection;
  client: Client;
  close(): Promise<void>;
}

/** A client that connects on first use and reconnects by itself: the API starts before the engine and outlives it. */
export function createEngine(engine: EngineAddress, keys: Keyring): Engine {
  const { address, tls, apiKey, namespace } = engine;
  const connection = Connection.lazy({ address, ...(tls ? { tls } : {}), ...(apiKey ? { apiKey } : {}) });
  const client = new Client({ connection, namespace, dataConverter: createDataConverter(keys) });
  return { connection, client, close: () => connection.close() };
}
