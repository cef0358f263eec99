import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { expect, test } from 'vitest';
import { collected, written } from './collected.ts';
import { parse } from './exposition.ts';

/** Official names, and what a unit adds to them here. */
const NAMES: readonly (readonly [official: string, ours: string])[] = [
  ['http_server_request_duration', 'http_server_request_duration_seconds'],
  ['process_memory_usage', 'process_memory_usage_bytes'],
  ['cpu_utilization', 'cpu_utilization_ratio'],
  ['io_total', 'io_bytes_total'],
];

test('the same instruments have the values and labels that the official exporter gives them', async () => {
  const metrics = await collected((meter) => {
    const http = meter('http', '1.0.0');
    const duration = http.createHistogram('http.server.request.duration', { unit: 's' });
    for (let i = 0; i < 500; i++) {
      duration.record(i ** 2 / 100, { 'http.route': `/users/${i % 3}`, 'http.response.status_code': 200 + (i % 2) });
    }
    http.createCounter('orders').add(3.5, { state: 'paid "in" \\ cash\n', express: true });
    http.createCounter('io', { unit: 'By' }).add(1e21);
    const runtime = meter('runtime');
    runtime.createUpDownCounter('queue.length', { unit: '{job}' }).add(-2);
    runtime.createGauge('cpu.utilization', { unit: '1' }).record(0.25, { mode: 'user' });
    runtime.createGauge('infinite').record(-Infinity);
    runtime
      .createObservableGauge('process.memory.usage', { unit: 'By' })
      .addCallback((result) => result.observe(4096, { kind: 'rss' }));
    runtime.createObservableUpDownCounter('balance').addCallback((result) => result.observe(-3));
    runtime.createObservableCounter('polls').addCallback((result) => result.observe(7));
  });
  const official = parse(`${new PrometheusSerializer().serialize(metrics)}\n`).samples;
  const ours = parse(written(metrics, { scopeInfo: true, targetInfo: true })).samples;

  expect(official.size).toBeGreaterThan(100);
  const renamed = new Map([...official].map(([sample, value]) => [ourName(sample), value]));
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(renamed));
});

function ourName(sample: string): string {
  const name = NAMES.find(([official]) => sample.startsWith(official));
  return name === undefined ? sample : name[1] + sample.slice(name[0].length);
}
