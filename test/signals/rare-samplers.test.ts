import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { RandomIdGenerator, SamplingDecision, type Sampler } from '@opentelemetry/sdk-trace';
import { afterEach, expect, test, vi } from 'vitest';
import { jaegerRemote, xray } from '../../src/signals/rare-samplers.ts';
import { ask } from '../../src/signals/sampling-service.ts';
import * as diag from '../../src/diag.ts';
import { run } from '../support/run.ts';

const resource = resourceFromAttributes({ 'service.name': 'shop & co' });
const closing: (() => void)[] = [];
let end = new AbortController();
afterEach(() => {
  end.abort();
  end = new AbortController();
  closing.splice(0).forEach((close) => close());
  vi.restoreAllMocks();
});

/** A sampling service that answers as `answer` says; `asked` are the paths and bodies it saw. */
async function service(answer: (path: string, response: ServerResponse) => void) {
  const asked: { path: string; method: string; body: string }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece));
    request.on('end', () => {
      asked.push({ path: request.url ?? '', method: request.method ?? '', body });
      answer(request.url ?? '', response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const ids = new RandomIdGenerator();
const samples = (sampler: Sampler, name = 'GET /', traceId = ids.generateTraceId()): boolean =>
  sampler.shouldSample(ROOT_CONTEXT, traceId, name, SpanKind.SERVER, {}, []).decision ===
  SamplingDecision.RECORD_AND_SAMPLED;
const share = (sampler: Sampler, name?: string): number =>
  Array.from({ length: 1000 }, () => samples(sampler, name)).filter(Boolean).length / 1000;

const jaeger = (endpoint: string, pollingInterval = 3_600_000) =>
  jaegerRemote({ kind: 'jaeger_remote', endpoint, pollingInterval, initialRatio: 1 }, resource, end.signal);

test('jaeger_remote samples by its initial ratio, asks for its service at once and takes the strategy', async () => {
  const { endpoint, asked } = await service((_path, response) =>
    response.end('{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0}}'),
  );
  const sampler = jaeger(`${endpoint}/`);
  expect(samples(sampler)).toBe(true);
  await vi.waitFor(() => expect(samples(sampler)).toBe(false));
  expect(asked).toEqual([{ path: '/sampling?service=shop%20%26%20co', method: 'GET', body: '' }]);
});

test('jaeger_remote asks again after each interval', async () => {
  let rate = 0;
  const { endpoint } = await service((_path, response) =>
    response.end(JSON.stringify({ strategyType: 0, probabilisticSampling: { samplingRate: rate } })),
  );
  const sampler = jaeger(endpoint, 20);
  await vi.waitFor(() => expect(samples(sampler)).toBe(false));
  rate = 1;
  await vi.waitFor(() => expect(samples(sampler)).toBe(true));
});

test('jaeger_remote knows rate limits, and an answer that stays the same does not fill the bucket', async () => {
  const { endpoint, asked } = await service((_path, response) =>
    response.end('{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":0.001}}'),
  );
  const sampler = jaeger(endpoint, 20);
  await vi.waitFor(() => expect(sampler.toString()).toContain('RateLimiting{0.001}'));
  expect([samples(sampler), samples(sampler)]).toEqual([true, false]);
  const before = asked.length;
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(before + 1));
  expect(samples(sampler)).toBe(false);
});

test('jaeger_remote knows strategies by operation', async () => {
  const { endpoint } = await service((_path, response) =>
    response.end(
      JSON.stringify({
        strategyType: 'PROBABILISTIC',
        operationSampling: {
          defaultSamplingProbability: 0,
          perOperationStrategies: [
            { operation: 'checkout', probabilisticSampling: { samplingRate: 1 } },
            { operation: 'zero' },
          ],
        },
      }),
    ),
  );
  const sampler = jaeger(endpoint);
  await vi.waitFor(() => expect(share(sampler, 'anything')).toBe(0));
  expect(share(sampler, 'checkout')).toBe(1);
  expect(share(sampler, 'zero')).toBe(0);
});

test.each([
  ['an error', (response: ServerResponse) => response.writeHead(500).end(), /status 500/],
  ['no JSON', (response: ServerResponse) => response.end('<html>'), /JSON/],
  ['null', (response: ServerResponse) => response.end('null'), /./],
  ['no strategy', (response: ServerResponse) => response.end('{}'), /without a strategy/],
  ['a torn answer', (response: ServerResponse) => void (response.write('{'), response.destroy()), /./],
])('jaeger_remote keeps its strategy and says so in one line when it gets %s', async (_what, answer, reason) => {
  const limited = vi.spyOn(diag, 'limited').mockImplementation(() => {});
  const { endpoint, asked } = await service((_path, response) => void answer(response));
  const sampler = jaeger(endpoint, 30);
  // Samplers of the tests before may still ask, and say that nobody answers any more.
  const said = () => limited.mock.calls.find(([, line]) => line.includes(`no sampling strategy from ${endpoint}`));
  await vi.waitFor(() => expect(said()).toBeDefined());
  expect(asked.length).toBeGreaterThan(0);
  expect(samples(sampler)).toBe(true);
  expect(String(said()?.[2])).toMatch(reason);
});

const RULE = {
  Attributes: {},
  FixedRate: 0,
  HTTPMethod: '*',
  Host: '*',
  Priority: 10000,
  ReservoirSize: 0,
  ResourceARN: '*',
  RuleARN: 'arn:aws:xray:us-west-2:123456789000:sampling-rule/Default',
  RuleName: 'Default',
  ServiceName: '*',
  ServiceType: '*',
  URLPath: '*',
  Version: 1,
};

const xraySampler = (endpoint: string) =>
  xray({ kind: 'xray', endpoint, pollingInterval: 300_000 }, resource, end.signal);

test('xray asks for the rules by POST and samples by them', async () => {
  let answered = false;
  const { endpoint, asked } = await service((path, response) => {
    response.end(
      path === '/GetSamplingRules' ? JSON.stringify({ SamplingRuleRecords: [{ SamplingRule: RULE }] }) : '{}',
    );
    answered = true;
  });
  const sampler = xraySampler(endpoint);
  await vi.waitFor(() => expect(answered).toBe(true));
  expect(asked[0]).toMatchObject({ path: '/GetSamplingRules', method: 'POST' });
  // The fallback lets one span a second and 5 % of the others through, this rule none.
  await vi.waitFor(() => expect(share(sampler)).toBe(0));
});

test.each([
  ['of another shape', '{"SamplingRuleRecords":{}}'],
  ['null', 'null'],
])('xray survives an answer %s', async (_what, answer) => {
  const limited = vi.spyOn(diag, 'limited').mockImplementation(() => {});
  const { endpoint } = await service((_path, response) => response.end(answer));
  const sampler = xraySampler(endpoint);
  await vi.waitFor(() => expect(limited).toHaveBeenCalledOnce());
  expect(limited.mock.calls[0]?.[1]).toContain(`no sampling rules from ${endpoint}`);
  expect(typeof samples(sampler)).toBe('boolean');
});

test('xray reports what it sampled every ten seconds, until the end', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { endpoint, asked } = await service((_path, response) => response.end('{"SamplingTargetDocuments":[]}'));
    vi.spyOn(diag, 'limited').mockImplementation(() => {});
    xraySampler(endpoint);
    vi.advanceTimersByTime(11_000);
    await vi.waitFor(() => expect(asked.map(({ path }) => path)).toContain('/SamplingTargets'));
    end.abort();
    const before = asked.length;
    vi.advanceTimersByTime(60_000);
    await sleep(100);
    expect(asked.length).toBe(before);
  } finally {
    vi.useRealTimers();
  }
});

test('after the end nothing more is asked', async () => {
  const { endpoint, asked } = await service((_path, response) => response.end('{}'));
  jaeger(endpoint, 20);
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1));
  end.abort();
  await sleep(50);
  const before = asked.length;
  await sleep(200);
  expect(asked.length).toBe(before);
});

test('a sampling service that sends without end is left', async () => {
  const { endpoint } = await service((_path, response) => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const more = (): void => void response.write(piece, () => response.destroyed || more());
    more();
  });
  await expect(ask(endpoint)).rejects.toThrow('more than 4000000 characters');
});

test.each(['jaeger_remote', 'xray'])(
  '%s does not keep the process alive, though the service never answers',
  async (kind) => {
    const { endpoint, asked } = await service(() => {});
    const { code, stderr } = await run([`${import.meta.dirname}/fixtures/sampling.ts`, kind, endpoint], {
      flags: ['--import', `${import.meta.dirname}/../support/from-source.mjs`],
      timeout: 4000,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(asked.length).toBe(1);
  },
);
