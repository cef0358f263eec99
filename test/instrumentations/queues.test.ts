/** Queues: who processes a message is in the trace of who sent it. */
import { beforeAll, describe, expect } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import { testWith } from '../support/servers.ts';
import { FORMS, install, runLibrary, traceIds, tree, type App } from './library.ts';

const folders: Partial<Record<App, string>> = {};
beforeAll(async () => {
  for (const app of ['libraries', 'former'] as const) folders[app] = await install(app);
}, 2 * INSTALL_TIMEOUT);

const withRabbit = await testWith('RabbitMQ');
const withRedis = await testWith('Redis');

describe.each(FORMS)('by %s', (form) => {
  withRabbit('amqplib', async () => {
    const { spans, end } = await runLibrary(folders.libraries ?? '', { specifier: 'amqplib' }, form);
    expect(end.stderr).toBe('');
    expect(end.code).toBe(0);
    expect(tree(spans)).toEqual([
      expect.stringMatching(/^consumer firstlight-\d+ process < publish <default>$/),
      'producer publish <default>',
    ]);
    expect(traceIds(spans).size).toBe(1);
  });

  describe.each([
    { title: 'bullmq 6', app: 'libraries' },
    { title: 'bullmq 5', app: 'former' },
  ] as const)('$title', ({ app }) => {
    const bullmq = { specifier: 'bullmq', named: true } as const;

    withRedis('a job is processed in the trace of who added it, and an idle worker makes no spans', async () => {
      const { spans, metrics, end } = await runLibrary(folders[app] ?? '', bullmq, form);
      expect(end.stderr).toBe('');
      expect(end.stdout).toContain('3 Queue true\n');
      const jobs = spans.filter(({ scope }) => scope.name === 'bullmq');
      const names = jobs.map((span) => ({ ...span, name: span.name.replace(/firstlight-\d+/, 'queue') }));
      const asked = spans.filter(({ scope }) => /[-/](http|undici)$/.test(scope.name));
      expect(tree([...names, ...asked])).toEqual([
        'client GET',
        'consumer process queue < add queue.bad',
        'consumer process queue < add queue.good',
        'consumer process queue < addNode queue',
        'producer add queue.bad < GET',
        'producer add queue.good < GET',
        'producer addFlow queue < GET',
        'producer addNode queue < addFlow queue',
        'server GET < GET',
      ]);
      expect(traceIds(spans).size).toBe(1);
      expect(metrics.map(({ name }) => name)).toContain('bullmq.jobs.completed');
    });

    withRedis('a failed job is an error, and what a job returns stays in the process', async () => {
      const { spans } = await runLibrary(folders[app] ?? '', bullmq, form);
      const processed = spans.filter(({ kind }) => kind === 'consumer');
      expect(processed.map(({ status }) => `${status.code} ${status.message}`).toSorted()).toEqual([
        'error no luck',
        'unset ',
        'unset ',
      ]);
      expect(JSON.stringify(processed.map(({ events }) => events))).not.toContain('s3cr3t');
    });

    withRedis('the telemetry that the application brings is left alone', async () => {
      const env = { FIRSTLIGHT_TEST_OWN_TELEMETRY: 'true' };
      const { spans, end } = await runLibrary(folders[app] ?? '', bullmq, form, { env });
      expect(end.stdout).toMatch(/^own add$/m);
      expect(end.stdout).toMatch(/^own process$/m);
      expect(spans.filter(({ scope }) => scope.name === 'bullmq')).toEqual([]);
    });
  });
});
