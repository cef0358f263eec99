import { expect, test } from 'vitest';
import { startCollector } from '../support/collector.ts';
import { root, start } from '../support/run.ts';
import { freePort } from '../support/free-port.ts';

test.each(['app.cjs', 'app.mjs', 'app.ts'])('examples/minimal/%s is seen with its route', async (app) => {
  const collector = await startCollector();
  const { child, waitFor } = start([`${root}/examples/minimal/${app}`], {
    env: {
      PORT: `${await freePort()}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
  try {
    const [url] = await waitFor(/^http:\S+$/m);
    expect(await (await fetch(url)).json()).toEqual({ id: '7' });
    await collector.waitForSpans(1);
    const servers = collector.spans().filter(({ kind }) => kind === 'server');
    expect(servers).toMatchObject([{ name: 'GET /users/:id', attributes: { 'http.response.status_code': 200 } }]);
  } finally {
    child.kill('SIGKILL');
    await collector.close();
  }
});
