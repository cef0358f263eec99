import { expect, test } from 'vitest';
import { failed, type Outcome } from '../../src/delivery/outcome.ts';
import { sendAll } from '../../src/delivery/send-all.ts';
import { otlp } from '../signals/plans.ts';

const OK: Outcome = { kind: 'delivered', rejected: 0 };
const traces = { signal: 'traces', plan: otlp('http://a/v1/traces') } as const;
const logs = { signal: 'logs', plan: otlp('http://a/v1/logs') } as const;

/** What each of `bodies` was told, with a receiver that answers by `answer`. */
async function sent(
  bodies: readonly string[],
  answer: (body: string, attempt: number) => Outcome,
  within = 5000,
): Promise<{ readonly told: ReadonlyMap<string, Outcome>; readonly attempts: ReadonlyMap<string, number> }> {
  const told = new Map<string, Outcome>();
  const attempts = new Map<string, number>();
  const parcels = bodies.map((body) => ({ to: body.startsWith('log') ? logs : traces, body: Buffer.from(body) }));
  const connect = () => ({
    async send(body: Uint8Array) {
      const text = Buffer.from(body).toString();
      const attempt = (attempts.get(text) ?? 0) + 1;
      attempts.set(text, attempt);
      return answer(text, attempt);
    },
    close() {},
  });
  await sendAll({ within: performance.now() + within, parcels }, connect, (index, outcome) =>
    told.set(bodies[index] ?? '', outcome),
  );
  return { told, attempts };
}

test('everything is sent, and told once', async () => {
  const bodies = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? 'log' : 'span'} ${i}`);
  const { told, attempts } = await sent(bodies, () => OK);
  expect([...told.values()]).toEqual(bodies.map(() => OK));
  expect([...attempts.values()]).toEqual(bodies.map(() => 1));
});

test('a receiver that is not there is not asked again, the other place is', async () => {
  const bodies = ['span 1', ...Array.from({ length: 20 }, (_, i) => `span ${i + 2}`), 'log 1'];
  const { told, attempts } = await sent(bodies, (body) =>
    body.startsWith('log') ? OK : failed('unreachable', 'ECONNREFUSED'),
  );
  expect(told.get('log 1')).toEqual(OK);
  expect(told.get('span 21')).toEqual(failed('unreachable', 'ECONNREFUSED'));
  expect([...attempts.keys()].length).toBeLessThan(12);
});

test('what is busy or broke is tried again while there is time', async () => {
  const { told, attempts } = await sent(['span 1'], (_body, attempt) => (attempt < 3 ? failed('busy', '503') : OK));
  expect([told.get('span 1'), attempts.get('span 1')]).toEqual([OK, 3]);
});

test('and given up when what it asks for is too late', async () => {
  const outcome: Outcome = { kind: 'failed', fault: 'busy', reason: '429', after: 60_000 };
  const { told, attempts } = await sent(['span 1'], () => outcome, 500);
  expect([told.get('span 1'), attempts.get('span 1')]).toEqual([outcome, 1]);
});

test('what asks to come back at once does not make it hurry', async () => {
  const { attempts } = await sent(['span 1'], () => ({ kind: 'failed', fault: 'busy', reason: '503', after: 0 }), 600);
  expect(attempts.get('span 1')).toBeLessThan(5);
});

test('a transport that cannot be made is an outcome', async () => {
  const told: Outcome[] = [];
  const connect = (): never => {
    throw new Error('no such file');
  };
  const cargo = { within: performance.now() + 500, parcels: [{ to: traces, body: Buffer.from('a') }] };
  await sendAll(cargo, connect, (_index, outcome) => void told.push(outcome));
  expect(told).toEqual([failed('unreachable', 'no such file')]);
});
