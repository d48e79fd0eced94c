import { connect, createServer } from 'node:net';

export const loopback = '127.0.0.1';

/** Whether a port can be taken on loopback right now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: loopback, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port at or after the wanted one. Ports above 32767 are given out by the system to outgoing connections and are
 * never chosen: the engine keeps its membership ports in a signed 16-bit column, and the others would collide by chance.
 */
export async function freePort(wanted: number, taken: Set<number> = new Set()): Promise<number> {
  for (let port = wanted; port < 32_768; port += 1) {
    if (taken.has(port) || (await isListening(port)) || !(await isPortFree(port))) continue;
    taken.add(port);
    return port;
  }
  throw new Error(`no free port from ${wanted} up to 32767`);
}

/** A different neighbourhood for every run, so that stacks that start at the same time do not race for one port. */
export function randomBasePort(): number {
  return 11_000 + Math.floor(Math.random() * 2_000) * 10;
}

/** Whether somebody listens on a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: loopback });
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
