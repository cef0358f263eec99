/** Does what a row says, on a socket of its own. */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { END, HALF, RESET, type Row, type Step } from './request.ts';

/** Longer than anything the servers wait for. */
const PATIENCE = 5000;

/** Resolves with the bytes of the answer when the connection is closed. */
export async function ask({ to = 'plain', steps, name }: Row, port: number, traceparent: string): Promise<string> {
  const socket = to === 'secure' ? connectTls({ port, rejectUnauthorized: false }) : dial(port, to === 'v6');
  socket.setEncoding('latin1');
  let answer = '';
  const look = new Set<() => void>();
  socket.on('data', (text: string) => {
    answer += text;
    for (const see of look) see();
  });
  const closed = new Promise<void>((resolve) => socket.on('error', () => {}).once('close', () => resolve()));
  const matches = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => {
      const see = (): void => void (pattern.test(answer) && resolve());
      look.add(see);
      see();
    });

  const impatient = setTimeout(() => {
    answer += `\nstill open: ${name}`;
    socket.destroy();
  }, PATIENCE).unref();
  for (const step of steps) await Promise.race([closed, take(step)]);
  await closed;
  clearTimeout(impatient);
  return answer;

  async function take(step: Step): Promise<void> {
    if (typeof step === 'number') await wait(step);
    else if (step instanceof RegExp) await matches(step);
    else if (step === END) socket.destroy();
    else if (step === RESET) socket.resetAndDestroy();
    else if (step === HALF) socket.end();
    else socket.write(traced(step, traceparent));
  }
}

const dial = (port: number, isV6: boolean): Socket => connect({ port, host: isV6 ? '::1' : '127.0.0.1' });

const traced = (bytes: string | Buffer, traceparent: string): Buffer =>
  Buffer.from((typeof bytes === 'string' ? bytes : bytes.toString('latin1')).replaceAll('§', traceparent), 'latin1');
