import { expect, test } from 'vitest';
import { served, type Use } from './collected.ts';

const shop: Use = (meter) => {
  const shop = meter('shop');
  shop.createCounter('orders', { description: 'Orders "by" state' }).add(2, { state: 'paid' });
  shop.createCounter('io', { unit: 'By' }).add(7);
  shop.createGauge('memory', { unit: 'By' }).record(1.5);
  shop.createHistogram('latency', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } }).record(0.5);
};

test('types, units and the end are told as the format wants them', async () => {
  expect(await served(shop, {}, { format: 'openmetrics', targetInfo: true })).toBe(
    [
      '# TYPE target info',
      '# HELP target Target metadata',
      'target_info{service_name="shop"} 1',
      '# TYPE orders counter',
      '# HELP orders Orders \\"by\\" state',
      'orders_total{state="paid"} 2',
      '# TYPE io_bytes counter',
      '# UNIT io_bytes bytes',
      '# HELP io_bytes OpenTelemetry metric io',
      'io_bytes_total 7',
      '# TYPE memory_bytes gauge',
      '# UNIT memory_bytes bytes',
      '# HELP memory_bytes OpenTelemetry metric memory',
      'memory_bytes 1.5',
      '# TYPE latency_seconds histogram',
      '# UNIT latency_seconds seconds',
      '# HELP latency_seconds OpenTelemetry metric latency',
      'latency_seconds_bucket{le="0.1"} 0',
      'latency_seconds_bucket{le="1"} 1',
      'latency_seconds_bucket{le="+Inf"} 1',
      'latency_seconds_sum 0.5',
      'latency_seconds_count 1',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('a counter whose name without its suffix is that of another metric has no type, for a name has one', async () => {
  const text = await served(
    (meter) => {
      meter('m').createGauge('orders').record(1);
      meter('m').createCounter('orders_total').add(2);
    },
    {},
    { format: 'openmetrics' },
  );
  expect(text).toContain('# TYPE orders gauge\n');
  expect(text).toContain('# TYPE orders_total unknown\n');
});

test('an empty scrape has an end too', async () => {
  expect(await served(() => {}, {}, { format: 'openmetrics' })).toBe('# EOF\n');
});

test('names that are not translated stand in quotes', async () => {
  const text = await served(
    (meter) => {
      meter('m').createCounter('shop.orders').add(1, { 'order.state': 'paid', plain: 1 });
      meter('m')
        .createHistogram('shop.latency', { advice: { explicitBucketBoundaries: [1] } })
        .record(2);
      meter('m').createGauge('über "alles"\n').record(3);
    },
    {},
    { translation: 'no_translation', escaping: 'allow-utf-8' },
  );
  expect(text).toBe(
    [
      '# HELP "shop.orders" OpenTelemetry metric shop.orders',
      '# TYPE "shop.orders" counter',
      '{"shop.orders","order.state"="paid",plain="1"} 1',
      '# HELP "shop.latency" OpenTelemetry metric shop.latency',
      '# TYPE "shop.latency" histogram',
      '{"shop.latency_bucket",le="1"} 0',
      '{"shop.latency_bucket",le="+Inf"} 1',
      '{"shop.latency_sum"} 2',
      '{"shop.latency_count"} 1',
      '# HELP "über \\"alles\\"\\n" OpenTelemetry metric über "alles"\\n',
      '# TYPE "über \\"alles\\"\\n" gauge',
      '{"über \\"alles\\"\\n"} 3',
      '',
    ].join('\n'),
  );
});

test('and are escaped for those who cannot read them', async () => {
  const text = await served(
    (meter) => meter('m').createCounter('shop.orders').add(1, { 'order.state': 'paid' }),
    {},
    { translation: 'no_utf8_escaping_with_suffixes', escaping: 'underscores' },
  );
  expect(text).toContain('shop_orders_total{order_state="paid"} 1\n');
});

test('without suffixes a name is only escaped', async () => {
  const text = await served(shop, {}, { translation: 'underscore_escaping_without_suffixes' });
  expect(text).toContain('\norders{state="paid"} 2\n');
  expect(text).toContain('\nlatency_sum 0.5\n');
  expect(
    await served(shop, {}, { translation: 'underscore_escaping_without_suffixes', format: 'openmetrics' }),
  ).toContain('# TYPE orders unknown\n');
});
