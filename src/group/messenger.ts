/**
 * For a process that is no member yet, in its first turn: nothing that it sends leaves before that turn is over, and then
 * its application has found the port taken. Another process says for it that the port is wanted. Some 50 ms, in a case
 * that would end with EADDRINUSE.
 */
import { message } from './frames.ts';
import { request, type Identity } from './identity.ts';

/** Milliseconds. */
const PATIENCE = 500;

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

/** Synchronous. */
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
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'ignore', 'ignore'],
    windowsHide: true,
  });
}
