/**
 * Applications that nobody here wrote: with the preload they answer, print and end as without it, and every request is
 * one server span with its route, in one connected trace.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startCollector, type Span } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { INSTALL_TIMEOUT, installedApp } from '../support/install.ts';
import type { Application, Ask } from './application.ts';
import { ASKER, drive, traceOf, type Driven } from './drive.ts';
import { fastifyCli } from './fastify-cli/application.ts';
import { httpServer } from './http-server/application.ts';
import { jsonGraphqlServer } from './json-graphql-server/application.ts';
import { jsonServer } from './json-server/application.ts';
import { localWebServer } from './local-web-server/application.ts';
import { nodeRed } from './node-red/application.ts';
import { peer } from './peer/application.ts';
import { prism } from './prism/application.ts';
import { serve } from './serve/application.ts';
import { verdaccio } from './verdaccio/application.ts';
import { vite } from './vite/application.ts';

const APPLICATIONS: readonly Application[] = [
  jsonServer,
  httpServer,
  serve,
  fastifyCli,
  localWebServer,
  jsonGraphqlServer,
  peer,
  nodeRed,
  verdaccio,
  prism,
  vite,
];

/** Milliseconds that spans may take to arrive. */
const ARRIVAL = 5000;
/** Milliseconds that the end may take longer than without the preload. */
const ENDING = 2000;

describe.each(APPLICATIONS)('$name', (application) => {
  let bare: Driven;
  let seen: Driven;
  let spans: readonly Span[];

  beforeAll(async () => {
    const folder = await installedApp(join(import.meta.dirname, application.name));
    const cwd = mkdtempSync(join(tmpdir(), 'firstlight-application-'));
    const expectedSpans = application.requests.flatMap(routesOf).length;
    const place = { folder, cwd, port: await freePort() };
    const collector = await startCollector();
    try {
      bare = await drive(application, place, { flags: [] });
      const env = {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      };
      // Where some never arrive, the tests tell which.
      const arrived = (): Promise<void> =>
        collector.waitFor(() => servers(collector.spans()).length >= expectedSpans, ARRIVAL).catch(() => {});
      seen = await drive(application, place, { env }, arrived);
      spans = collector.spans();
    } finally {
      await collector.close();
      rmSync(cwd, { recursive: true, force: true });
    }
  }, INSTALL_TIMEOUT);

  test('answers as without it', () => {
    expect(application.requests.length).toBeGreaterThanOrEqual(30);
    expect(seen.answers).toEqual(bare.answers);
  });

  test('prints the same', () => {
    expect(seen.stdout).toBe(bare.stdout);
    expect(seen.stderr).toBe(bare.stderr);
  });

  test('ends the same way, and as soon', () => {
    expect({ code: seen.code, signal: seen.signal }).toEqual({ code: bare.code, signal: bare.signal });
    expect(seen.ending).toBeLessThan(bare.ending + ENDING);
  });

  test('has one server span with its route for every request', () => {
    const made = application.requests.map((ask, index) => ({
      asked: `${ask.method ?? 'GET'} ${ask.path}`,
      spans: servers(spans)
        .filter(({ traceId }) => traceId === traceOf(index))
        .map((span) => told(span, ask)),
    }));
    expect(made).toEqual(
      application.requests.map((ask, index) => ({
        asked: `${ask.method ?? 'GET'} ${ask.path}`,
        spans: routesOf(ask).map((route) => expected(ask, route, bare.answers[index] ?? '')),
      })),
    );
  });

  test('has no span without its parent', () => {
    const known = new Set([ASKER, ...spans.map(({ spanId }) => spanId)]);
    // What an application does on its own begins a trace; a request never does, as whoever asks has one.
    const lost = spans.filter(
      ({ parentSpanId, kind }) => !known.has(parentSpanId) && (kind === 'server' || parentSpanId !== ''),
    );
    expect(lost.map(({ kind, name }) => `${kind} ${name}`)).toEqual([]);
  });
});

const servers = (spans: readonly Span[]): Span[] => spans.filter(({ kind }) => kind === 'server');
const routesOf = ({ route, routes = [route] }: Ask): readonly (string | undefined)[] => routes;

interface Told {
  readonly name: string;
  readonly route: unknown;
  /** Nobody's where the client left: some answer all the same, into the void. */
  readonly status?: unknown;
}

function told({ name, attributes }: Span, { abort }: Ask): Told {
  const route = attributes['http.route'];
  return { name, route, ...(!abort && { status: attributes['http.response.status_code'] }) };
}

function expected({ method = 'GET', abort }: Ask, route: string | undefined, answer: string): Told {
  const status = Number(/^(?:HTTP\/1\.1 100 .*\s+)?(?:HTTP\/1\.1 )?(\d+)/.exec(answer)?.[1]);
  return { name: route === undefined ? method : `${method} ${route}`, route, ...(!abort && { status }) };
}
