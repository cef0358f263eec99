/** The headers of requests that an application makes, in all the forms that they may be given in. */
import { describe, expect, test } from 'vitest';
import { root, run } from '../support/run.ts';

type Pair = [name: string, value: string];

async function arrived(propagators: string): Promise<Record<string, Pair[]>> {
  const env = {
    OTEL_PROPAGATORS: propagators,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
  const { code, stdout, stderr } = await run([`${root}/test/capture/propagation/clients.cjs`], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const all = Object.entries(JSON.parse(stdout) as Record<string, string[]>);
  return Object.fromEntries(
    all.map(([name, raw]) => [
      name,
      raw.flatMap((given, index) => (index % 2 === 0 ? [[given.toLowerCase(), raw[index + 1]!] as Pair] : [])),
    ]),
  );
}

const named = (headers: Pair[], name: string): string[] =>
  headers.filter(([given]) => given === name).map(([, value]) => value);

const CLIENT_SPAN = expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[\da-f]{16}-01$/);

describe('W3C', async () => {
  const headers = await arrived('tracecontext,baggage');

  test.each(['object', 'list', 'pairs', 'empty list', 'fetch'])('%s: the context is sent, once', (form) => {
    const given = headers[form]!;
    expect(named(given, 'traceparent')).toEqual([CLIENT_SPAN]);
    expect(named(given, 'tracestate')).toEqual(['ours=1']);
    expect(named(given, 'baggage')).toEqual(['ours=1,no%20name%0D%0AX-Evil%3A%201%0D%0A=1']);
  });

  test.each([
    ['object', ['2']],
    ['list', ['1', '2']],
    ['pairs', ['1', '2']],
    ['empty list', []],
    ['fetch', ['1, 2']],
  ])('%s: what else the application sends is as it was', (form, values) => {
    expect(named(headers[form]!, 'x-own')).toEqual(values);
  });
});

describe('Jaeger, that makes names of headers of the keys of baggage', async () => {
  const headers = await arrived('jaeger');

  test.each(['object', 'list', 'pairs', 'empty list', 'fetch'])('%s: what no header can carry is left out', (form) => {
    const names = headers[form]!.map(([name]) => name).filter((name) => /^uber|evil/.test(name));
    expect(names).toEqual(['uber-trace-id', 'uberctx-ours']);
  });
});
