import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { expect, test } from 'vitest';
import { createPools } from '../../src/metrics/pools.ts';

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function values(reader: Reader): Promise<Record<string, number>> {
  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  const [scope] = resourceMetrics.scopeMetrics;
  return Object.fromEntries(
    (scope?.metrics ?? []).flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [
        `${descriptor.name.split('.').at(-1)} ${Object.values(attributes).join(' ')}`,
        value as number,
      ]),
    ),
  );
}

test('pools of one name are added up, one that throws is left out, and one that nobody has is forgotten', async () => {
  const reader = new Reader();
  const watch = createPools(new MeterProvider({ readers: [reader] }).getMeter('test'));
  const kept = { used: 1 };
  const read = ({ used }: { readonly used: number }) => ({ name: 'a', used, idle: 1, max: 5 });
  (() => {
    watch({ used: 10 }, read);
  })();
  watch(kept, read);
  watch(kept, read);
  const broken = {};
  watch(broken, () => {
    throw new Error('no luck');
  });
  expect(await values(reader)).toEqual({ 'count a used': 11, 'count a idle': 2, 'max a': 10 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  expect(await values(reader)).toEqual({ 'count a used': 1, 'count a idle': 1, 'max a': 5 });
  expect([kept, broken]).toHaveLength(2);
});
