import type { Cluster } from 'node:cluster';

/** Milliseconds that the application may wait for another process to let go of its port, and between two looks. */
const PATIENCE = 250;
const PAUSE = 5;

/** Waits until a port is free, or long enough. Synchronous: the application is about to listen on it. */
export function awaitPort(port: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const until = performance.now() + PATIENCE;
  while (!isFree(port) && performance.now() < until) Atomics.wait(pause, 0, 0, PAUSE);
}

/** Without a host Node binds within the call, and on all addresses: what anybody has of the port is in the way. */
export function isFree(port: number): boolean {
  const server = process.getBuiltinModule('node:net').createServer();
  try {
    return server.on('error', () => {}).listen({ port, exclusive: true }).listening;
  } finally {
    server.close();
  }
}

/** The module is not loaded to learn that there is none. */
export const isClusterWorker = (): boolean =>
  process.channel !== undefined && (process.getBuiltinModule('node:cluster') as unknown as Cluster).isWorker;
