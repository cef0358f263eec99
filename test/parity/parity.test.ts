import { beforeAll, describe, expect, test } from 'vitest';
import { testWith } from '../support/servers.ts';
import { FORMS, observe, type Observed } from './application.ts';
import { series, spanShapes } from './shape.ts';

const DATABASE = 'postgres://postgres@127.0.0.1:5432/test';
const names = Object.keys(FORMS) as (keyof typeof FORMS)[];
/** Every form runs once with and once without a database, however many tests look at it. */
const runs = new Map<string, Promise<Observed>>();
function seenAs(name: keyof typeof FORMS, databaseUrl?: string): Promise<Observed> {
  const key = `${name} ${databaseUrl}`;
  const run = runs.get(key) ?? observe(FORMS[name], databaseUrl);
  runs.set(key, run);
  return run;
}
const others = names.filter((name) => name !== 'CommonJS');

describe.each(names)('the application as %s', (name) => {
  let seen: Observed;
  beforeAll(async () => {
    seen = await seenAs(name);
  });

  test('has one server span per request, named by its route', () => {
    const servers = seen.spans.filter(({ kind }) => kind === 'server').map((span) => span.name);
    // `/self` asks for `/users/7` again; nobody serves `/nowhere`, so it has no route.
    expect(servers.toSorted()).toEqual([
      'GET',
      'GET /broken',
      'GET /self',
      'GET /shop/items/:item',
      'GET /users/:id',
      'GET /users/:id',
    ]);
  });

  test('joins the request to itself into one trace', () => {
    const self = seen.spans.find((span) => span.name === 'GET /self' && span.kind === 'server');
    const trace = seen.spans.filter(({ traceId }) => traceId === self?.traceId);
    const client = trace.find(({ kind }) => kind === 'client');
    const inner = trace.find((span) => span.name === 'GET /users/:id' && span.kind === 'server');
    expect(inner?.parentSpanId).toBe(client?.spanId);
    expect(client?.attributes).toMatchObject({ 'http.request.method': 'GET', 'http.response.status_code': 200 });
  });

  test('marks the route that throws as failed', () => {
    const broken = seen.spans.find((span) => span.name === 'GET /broken' && span.kind === 'server');
    expect(broken).toMatchObject({ status: { code: 'error' }, attributes: { 'http.response.status_code': 500 } });
  });

  test('makes no span of a layer of express', () => {
    expect(layers(seen)).toEqual([]);
  });

  test('writes the trace into the log line and sends the line as a record of that trace', () => {
    const lines = seen.lines.filter(({ msg }) => msg === 'looking for a user');
    expect(lines).toHaveLength(2);
    for (const { trace_id, span_id } of lines) {
      expect(seen.spans).toContainEqual(expect.objectContaining({ traceId: trace_id, spanId: span_id }));
      expect(seen.records).toContainEqual(
        expect.objectContaining({
          body: 'looking for a user',
          traceId: trace_id,
          spanId: span_id,
          severityText: 'info',
        }),
      );
    }
    expect(seen.records.filter(({ body }) => body === 'looking for a user')).toHaveLength(2);
  });

  test('says nothing on stderr', () => {
    expect(seen.diagnostics).toEqual([]);
  });
});

const withDatabase = await testWith('PostgreSQL');

test('express and router, both asked for, report no layer twice', async () => {
  const env = { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,express,router', FIRSTLIGHT_FRAMEWORK_SPANS: 'all' };
  const seen = await observe({ ...FORMS.CommonJS, env });
  expect(layers(seen).length).toBeGreaterThan(0);
  expect(layers(seen)).toEqual([...new Set(layers(seen))]);
});

test.each(others)('%s is seen like CommonJS', async (name) => {
  const [seen, baseline] = [await seenAs(name), await seenAs('CommonJS')];
  expect(spanShapes(seen)).toEqual(spanShapes(baseline));
  expect(series(seen)).toEqual(series(baseline));
});

withDatabase('SQL statements stand below the request that made them', async () => {
  const statements = spanShapes(await seenAs('CommonJS', DATABASE)).filter(
    ({ attributes }) => attributes['db.query.text'] !== undefined,
  );
  expect(statements.map(({ kind, attributes }) => [kind, attributes['db.query.text']])).toEqual([
    ['client', 'SELECT $1::text AS id'],
    ['client', 'SELECT $1::text AS id'],
  ]);
  expect(statements.map(({ parent }) => parent)).not.toContain('none');
});

withDatabase.for(others)('%s is seen like CommonJS, with SQL', async (name) => {
  const [seen, baseline] = [await seenAs(name, DATABASE), await seenAs('CommonJS', DATABASE)];
  expect(spanShapes(seen)).toEqual(spanShapes(baseline));
  expect(series(seen)).toEqual(series(baseline));
});

/** Every span of express's handlers and routers: the request it belongs to, and the layer. */
const layers = ({ spans }: Observed): string[] =>
  spans
    .filter(({ scope }) => /instrumentation-(?:express|router)$/.test(scope.name))
    .map(({ traceId, attributes }) => {
      const type = attributes['express.type'] ?? attributes['router.type'];
      return `${traceId} ${String(type)} ${String(attributes['http.route'])}`;
    });
