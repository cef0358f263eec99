import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { root, start } from '../support/run.ts';

/** An add-on that is loaded while hooks are installed has crashed one start in four under a loader thread. */
const STARTS = 20;

describe('an application with a native add-on (better-sqlite3)', () => {
  let collector: Collector;
  beforeAll(async () => {
    collector = await startCollector();
  });
  afterAll(() => collector.close());

  test.each(['app.cjs', 'app.mjs'])(
    `%s starts, answers, is seen and stops ${STARTS} times of ${STARTS}`,
    async (app) => {
      collector.clear();
      const ends = new Set<string>();
      for (let count = 0; count < STARTS; count++) ends.add(JSON.stringify(await startAndStop(app, collector.url)));
      // All of them the same, and good.
      expect([...ends]).toEqual([JSON.stringify({ answer: '42', code: 0, signal: null, stderr: '' })]);
      expect(collector.spans().filter(({ kind }) => kind === 'server')).toHaveLength(STARTS);
    },
    180_000,
  );
});

async function startAndStop(app: string, endpoint: string): Promise<object> {
  const { child, waitFor, finished } = start([`${root}/test/native/fixtures/${app}`], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  });
  const [, port] = await waitFor(/^port (\d+)$/m);
  const answer = await (await fetch(`http://127.0.0.1:${port}`)).text();
  child.kill('SIGTERM');
  const { code, signal, stderr } = await finished;
  return { answer, code, signal, stderr };
}
