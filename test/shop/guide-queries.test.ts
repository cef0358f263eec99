/**
 * The 71 queries that five monitoring guides put into their dashboards, rules and runbooks, on the shop as it is: 64 of them
 * an application can answer.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { available, startNodeExporter, type Prometheus } from '../backends/backends.ts';
import type { Backend } from '../backends/process.ts';
import { root } from '../support/run.ts';
import { testWith, testWithTools } from '../support/servers.ts';
import { askAll, guideQueries, line, ownQueries, rules, wrong, type Answer } from './guide-queries.ts';
import { startMonitor, startShop, visit } from './monitored-shop.ts';

/** Where they were taken from, for whoever has it beside the repository. */
const SOURCE = `${root}/../shared/guide-queries.json`;
const TIMEOUT = 120_000;
const servers = {
  // Not the database of the shop's other tests, which may be making the same tables at this moment.
  DATABASE_URL: 'postgres://postgres@127.0.0.1:5432/postgres',
  REDIS_URL: 'redis://127.0.0.1:6379/8',
};
const VISITS = 15;
/** Milliseconds in which the last visit has been scraped and the recording rules have run. */
const SCRAPED_WITHIN = 15_000;

test('of the 71 queries, 7 ask for what no application has', () => {
  expect(guideQueries).toHaveLength(71);
  expect(guideQueries.filter(({ unanswerable }) => unanswerable !== undefined)).toHaveLength(7);
});

test('our own page shows ten', () => {
  expect(ownQueries).toHaveLength(10);
});

test.runIf(existsSync(SOURCE))('they are those of the guides, in their order', () => {
  const source = JSON.parse(readFileSync(SOURCE, 'utf8')) as { guide: string; query: string; expect: string }[];
  expect(guideQueries.map(({ guide, query, unanswerable }) => [guide, query, unanswerable === undefined])).toEqual(
    source.map((entry) => [entry.guide, entry.query, entry.expect === 'works']),
  );
});

const { prometheus, prometheus3, nodeExporter } = available();
const withServers = await testWith('PostgreSQL', 'Redis');
const withTools = testWithTools({ Prometheus: prometheus, 'Prometheus 3': prometheus3, 'node exporter': nodeExporter });
const withEverything = withServers === test.skip ? withServers : withTools;

describe('the shop on PostgreSQL and Redis, every service scraped', () => {
  const running: Backend[] = [];
  const monitors = new Map<2 | 3, Prometheus>();

  beforeAll(async () => {
    if (withEverything === test.skip) return;
    const shop = await startShop(servers, TIMEOUT);
    running.push(shop);
    const node = await startNodeExporter();
    running.push(node);
    for (const release of [2, 3] as const) {
      const monitor = await startMonitor(release, shop, node);
      running.push(monitor);
      monitors.set(release, monitor);
    }
    for (const monitor of monitors.values()) {
      const up = async () => expect((await monitor.query('up == 1')).result).toHaveLength(shop.targets.length + 1);
      await vi.waitFor(up, { timeout: 30_000, interval: 250 });
    }
    // A rate is what came between two scrapes: what happened before the first of them is none.
    const statuses = await visit(shop.url, VISITS);
    expect([...statuses].toSorted((a, b) => a - b)).toEqual([200, 201, 402, 404, 409, 500]);
  }, TIMEOUT);

  afterAll(async () => {
    for (const { stop } of running.toReversed()) await stop();
  });

  withEverything.for([2, 3] as const)(
    'Prometheus %i answers every query that it can, and those of our own page',
    { timeout: TIMEOUT },
    async (release) => {
      let answers: readonly Answer[] = [];
      const answered = async () => {
        answers = await askAll(monitors.get(release)!, [...guideQueries, ...ownQueries]);
        expect(wrong(answers)).toEqual([]);
      };
      try {
        await vi.waitFor(answered, { timeout: SCRAPED_WITHIN, interval: 1000 });
      } finally {
        console.log(answers.map(line).join('\n'));
      }
    },
  );

  withEverything.for([2, 3] as const)(
    'Prometheus %i runs the 4 recording rules and the 24 alerts',
    { timeout: TIMEOUT },
    async (release) => {
      const ran = async () => {
        const all = await rules(monitors.get(release)!);
        expect(all).toHaveLength(28);
        expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
      };
      await vi.waitFor(ran, { timeout: SCRAPED_WITHIN, interval: 1000 });
    },
  );
});
