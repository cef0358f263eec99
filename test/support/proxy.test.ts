import { afterEach, beforeEach, expect, test } from 'vitest';
import { startCollector, type Collector } from './collector.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { run } from './run.ts';

let proxy: Proxy;
let collector: Collector;
afterEach(() => Promise.all([proxy.close(), collector.close()]));
beforeEach(async () => {
  proxy = await startProxy();
});

/** Node's own way through a proxy. */
const fetchThroughProxy = (url: string) =>
  run(
    [
      '-e',
      `fetch('${url}/v1/traces', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
        .then(async (answer) => console.log(answer.status, await answer.text()))`,
    ],
    {
      flags: [],
      env: {
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy.url.replace('//', '//me:secret@'),
        HTTPS_PROXY: proxy.url,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      },
    },
  );

test('requests and tunnels are told', async () => {
  collector = await startCollector();
  expect((await fetchThroughProxy(collector.url)).stdout).toBe('200 {}\n');
  const authority = collector.url.replace('http://', '');
  // Which of the two it is for http:// is Node's own choice.
  expect([...proxy.requests, ...proxy.tunnels]).toEqual([
    expect.stringMatching(new RegExp(`^(http://)?${authority}(/v1/traces)?$`)),
  ]);
  expect(proxy.credentials).toEqual([`Basic ${btoa('me:secret')}`]);
  expect(collector.requests).toHaveLength(1);
});

test('tunnels', async () => {
  collector = await startCollector({ tls: true });
  expect((await fetchThroughProxy(collector.url)).stdout).toBe('200 {}\n');
  expect(proxy.tunnels).toEqual([collector.url.replace('https://', '')]);
  expect(collector.requests).toHaveLength(1);
});
