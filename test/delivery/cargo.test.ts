import { expect, test } from 'vitest';
import { hear, pack, tell, unpack } from '../../src/delivery/cargo.ts';
import { failed, type Outcome } from '../../src/delivery/outcome.ts';
import { otlp } from '../signals/plans.ts';

const traces = { signal: 'traces', plan: otlp('http://a/v1/traces', { headers: { key: 'ü' } }) } as const;
const logs = { signal: 'logs', plan: otlp('http://a/v1/logs') } as const;

test('arrives as it was packed', () => {
  const parcels = [
    { to: traces, body: Buffer.from([0, 1, 255]) },
    { to: logs, body: Buffer.alloc(0) },
    { to: traces, body: Buffer.alloc(100_000, 7) },
  ];
  expect(unpack(pack({ within: 42, parcels }))).toEqual({ within: 42, parcels });
});

test('outcomes are heard, up to the line a helper was stopped in', () => {
  const refused: Outcome = { kind: 'refused', reason: 'line\nbreak' };
  const told = tell(0, refused) + tell(7, failed('slow', 'no'));
  expect([...hear(`${told}[3,{"kind":"deliv`)]).toEqual([
    [0, refused],
    [7, failed('slow', 'no')],
  ]);
  expect(hear('').size).toBe(0);
});
