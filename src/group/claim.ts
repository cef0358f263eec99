/** What a process does to have the port for its application, which is about to listen on it. */
import type { Cluster } from 'node:cluster';
import { message } from './frames.ts';
import { request, type Identity } from './identity.ts';

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

/** Milliseconds that it may take. */
const ERRAND = 500;

/** Whoever is asked lets go when it is a sibling, and closes the connection either way. */
const SCRIPT = `
const { port, host, request, letGo } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
let head = '';
const socket = require('node:net').connect(port, host, () => socket.write(request));
socket.on('error', () => {}).on('data', (bytes) => {
  head += bytes.toString('latin1');
  if (!head.startsWith('HTTP/1.1 101')) return head.length > 11 && socket.destroy();
  socket.removeAllListeners('data').resume().write(Buffer.from(letGo, 'base64'));
});`;

/**
 * For a process that is no member yet, in its first turn: nothing that it sends leaves before that turn is over, and then
 * its application has found the port taken. Another process says for it that the port is wanted. Some 50 ms, in a case
 * that would end with EADDRINUSE. Synchronous.
 */
export function sendMessenger(host: string, port: number, identity: Identity): void {
  if (process.permission?.has('child') === false) return;
  const input = JSON.stringify({
    host,
    port,
    request: request({ ...identity, id: `${identity.id} messenger` }, port, undefined),
    letGo: message('letGo', null).toString('base64'),
  });
  process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['-e', SCRIPT], {
    input,
    // Neither the preload nor anything else of the application's.
    env: {},
    timeout: ERRAND,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
}
