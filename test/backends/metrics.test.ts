import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { testWithTools } from '../support/servers.ts';
import { available, startNodeExporter, startPrometheus, startStatsdExporter } from './backends.ts';

const { prometheus, prometheus3, nodeExporter, statsdExporter } = available();
const patience = { timeout: 20_000, interval: 200 };

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PAGE = `# TYPE shots counter
shots_total{a="b"} 3 # {trace_id="${TRACE}"} 1 1520879607.789
# EOF
`;

testWithTools({ prometheus, prometheus3, nodeExporter }).each([2, 3] as const)(
  'Prometheus %i scrapes by our settings, keeps exemplars and evaluates rules',
  async (release) => {
    const target = createServer((_request, response) =>
      response.setHeader('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8').end(PAGE),
    ).listen(0, '127.0.0.1');
    await once(target, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'firstlight-rules-'));
    const rules = join(folder, 'rules.yaml');
    writeFileSync(
      rules,
      JSON.stringify({ groups: [{ name: 'a', rules: [{ record: 'twice', expr: 'shots_total * 2' }] }] }),
    );
    const node = await startNodeExporter();
    const server = await startPrometheus({
      release,
      features: ['exemplar-storage'],
      targets: [`127.0.0.1:${(target.address() as AddressInfo).port}`],
      job: 'python-app-0',
      labels: { service: 'api-gateway' },
      ...(release === 3 && { scrape: { scrape_protocols: ['OpenMetricsText1.0.0'] } }),
      jobs: [{ job_name: 'node', static_configs: [{ targets: [node.address] }] }],
      rules: [rules],
    });
    try {
      const twice = await vi.waitUntil(async () => (await server.query('twice')).result[0], patience);
      expect(twice.metric).toMatchObject({ job: 'python-app-0', service: 'api-gateway', a: 'b' });
      expect(twice.value[1]).toBe('6');
      const [series] = await server.get('query_exemplars?query=shots_total&start=1520879000&end=1520880000');
      expect(series.exemplars).toMatchObject([{ labels: { trace_id: TRACE }, value: '1' }]);
      await vi.waitUntil(async () => (await server.query('node_memory_MemTotal_bytes')).result[0], patience);
      expect((await server.get('status/buildinfo')).version).toMatch(release === 2 ? /^2\./ : /^3\./);
    } finally {
      await server.stop();
      await node.stop();
      target.close();
      await rm(folder, { recursive: true });
    }
  },
);

testWithTools({ statsdExporter })('the StatsD exporter serves what it is sent', async () => {
  const server = await startStatsdExporter();
  const socket = createSocket('udp4');
  try {
    socket.send('shots:3|c|#a:b', Number(server.statsd.split(':')[1]), '127.0.0.1');
    await vi.waitUntil(async () => (await server.metrics()).includes('shots{a="b"} 3'), patience);
  } finally {
    socket.close();
    await server.stop();
  }
});
