import { expect, test } from 'vitest';
import { badValues } from '../env/bad-values.table.ts';
import { loadInTest } from './load-in-test.ts';

test('the table is long and names each case once', () => {
  expect(badValues.length).toBeGreaterThanOrEqual(90);
  expect(new Set(badValues.map(({ env }) => JSON.stringify(env))).size).toBe(badValues.length);
});

test.each(badValues.map((row) => ({ ...row, title: JSON.stringify(row.env) })))(
  '$title gives exactly one line, which names the variable',
  ({ env, names, says }) => {
    const { problems, config } = loadInTest(env);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(says);
    expect(problems[0]?.startsWith(names)).toBe(true);
    expect(problems[0]).not.toContain('s3cret');
    expect(problems[0]).not.toMatch(/[\r\n]/);
    expect(config.unusable).toBe(names === 'OTEL_CONFIG_FILE');
  },
);
