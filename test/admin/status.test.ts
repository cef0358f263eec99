import { afterEach, expect, test, vi } from 'vitest';
import { serve, type Admin } from '../../src/admin/server.ts';
import { status } from '../../src/admin/status.ts';
import type { Status } from '../../src/instance.ts';

const report: Status = {
  version: '1.2.3',
  node: 'v24.0.0',
  pid: 42,
  uptime: 1.5,
  service: { name: 'shop', version: '4.5.6' },
  signals: { traces: ['otlp http://localhost:4318/v1/traces'], metrics: ['prometheus'], logs: [] },
  delivery: { traces: [], metrics: [], logs: [] },
  instrumentations: ['express'],
  problems: [],
  settings: { OTEL_SERVICE_NAME: { value: 'shop', origin: 'environment' } },
};

let admin: Admin | undefined;
afterEach(() => admin?.shutdown?.());

test('/status is private and says what runs, as of the request', async () => {
  let uptime = 1;
  admin = serve({
    host: '127.0.0.1',
    port: 0,
    token: 'abc',
    routes: [status(() => ({ ...report, uptime: uptime++ }))],
  });
  const url = `${await vi.waitUntil(() => admin?.address())}/status`;
  expect((await fetch(url)).status).toBe(401);
  const ask = async (): Promise<Response> => fetch(url, { headers: { authorization: 'Bearer abc' } });
  expect((await ask()).headers.get('content-type')).toBe('application/json');
  expect(await (await ask()).json()).toEqual({ ...report, uptime: 2 });
  expect(await (await ask()).json()).toEqual({ ...report, uptime: 3 });
});
