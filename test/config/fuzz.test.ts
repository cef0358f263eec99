import { expect, test } from 'vitest';
import { rows } from '../../src/config/schema.ts';
import { loadInTest } from './load-in-test.ts';

/** A small generator of repeatable numbers, so that a failure can be seen again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const PIECES = [
  'true',
  'none',
  'otlp',
  'grpc',
  'http/json',
  '0',
  '-1',
  '99999999999',
  '1e309',
  'NaN',
  '0.5',
  'http://',
  'https://a:b@c',
  'x:1',
  '=',
  ',',
  ';',
  '%',
  '%zz',
  '%00',
  '\0',
  '\n',
  '"',
  '\\',
  '__proto__',
  'constructor',
  'toString',
  '${A}',
  '{}',
  '[]',
  '[::1]:1',
  'ä',
  '\ud800',
  '🦄',
  ' ',
  'a'.repeat(5000),
  '/',
  '/dev/null',
  '/dev/zero',
  '..',
  'endpoint=http://x',
  'polling_interval=5',
];

test('2,000 random environments never throw and give at most one line for each variable', () => {
  const random = generator(42);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const names = [...rows.keys()].filter((name) => name !== 'OTEL_CONFIG_FILE');
  for (let round = 0; round < 2000; round++) {
    const env: Record<string, string> = {};
    for (let variable = 0; variable < 5; variable++) {
      const known = pick(names);
      const at = Math.floor(random() * known.length);
      const name = random() < 0.8 ? known : known.slice(0, at) + pick(['', '_', 'X', 'É']) + known.slice(at + 1);
      env[name] = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(PIECES)).join('');
    }
    const { problems, config } = loadInTest(env);
    const seen = JSON.stringify(env);
    expect(problems.length, seen).toBeLessThanOrEqual(5);
    for (const line of problems) expect(line, seen).not.toMatch(/[\r\n\0]/);
    for (const name of Object.keys(env)) {
      expect(
        problems.filter((line) => line.startsWith(`${name}=`) || line.startsWith(`${name} `)).length,
        seen,
      ).toBeLessThanOrEqual(1);
    }
    expect(Object.keys(config.settings)).toHaveLength(rows.size);
  }
});
