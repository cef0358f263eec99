/** What goes in and out of a service is what W3C Trace Context and Baggage say, by `http.request` and by `fetch`. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Span } from '../support/collector.ts';
import { baggages } from './propagation/baggage.ts';
import { startService, type Answer, type Headers } from './propagation/service.ts';
import { CALLER, TRACE, traceparents } from './propagation/trace-context.ts';
import { invalidMembers, tracestates, VALID } from './propagation/trace-state.ts';

const CLIENTS = ['http.request', 'fetch'] as const;

/** By name. */
const answers = new Map<string, Answer>();
let spans: readonly Span[];
let stderr: string;
let exported: readonly string[];

const OWN = ['own-traceparent', 'own-upper-case', 'own-list', 'own-baggage', 'own-metadata', 'own-many'];

beforeAll(async () => {
  const service = await startService();
  const ask = async (name: string, headers: Headers, path?: string): Promise<void> => {
    answers.set(name, await service.call(headers, path));
  };
  for (const { name, headers } of [...traceparents, ...tracestates]) await ask(name, headers);
  for (const [name, member] of Object.entries(invalidMembers))
    await ask(name, [VALID, ['tracestate', `${member},ok=1`]]);
  for (const { name, headers } of baggages)
    await ask(
      name,
      headers.map((value) => ['baggage', value] as const),
    );
  await ask('tracestate alone', [['tracestate', 'foo=1']]);
  await ask('tracestate of a trace that is not continued', [
    ['traceparent', `ff-${TRACE}-${CALLER}-01`],
    ['tracestate', 'foo=1'],
  ]);
  for (const name of OWN) await ask(name, [VALID], `/${name}`);
  const ended = await service.end();
  ({ spans, stderr } = ended);
  exported = ended.collector.requests.flatMap(({ headers }) => Object.keys(headers));
});

/** The values of a header that was sent by one of the clients. */
function sent(name: string, client: (typeof CLIENTS)[number], header: string): string[] {
  const headers = answers.get(name)!.sent[CLIENTS.indexOf(client)]!;
  if (typeof headers === 'string') throw new Error(headers);
  return headers.filter(([given]) => given === header).map(([, value]) => value);
}

describe.each(CLIENTS)('%s', (client) => {
  test.each([...traceparents, ...tracestates])('$name', ({ name, continues, tracestate, flags = '01' }) => {
    const { span } = answers.get(name)!;
    expect(span.traceId === TRACE).toBe(continues);
    const [header, ...more] = sent(name, client, 'traceparent');
    expect(more).toEqual([]);
    const [version, traceId, parentId, sentFlags] = header!.split('-');
    expect([version, traceId, sentFlags]).toEqual(['00', span.traceId, flags]);
    expect(parentId).toMatch(/^(?!0{16})[\da-f]{16}$/);
    expect(sent(name, client, 'tracestate')).toEqual(tracestate === undefined ? [] : [tracestate]);

    const isSampled = (Number(flags) & 1) === 1;
    const [made] = spans.filter(({ spanId, traceId }) => spanId === parentId && traceId === span.traceId);
    const [server] = spans.filter(({ spanId, traceId }) => spanId === span.spanId && traceId === span.traceId);
    expect([server?.kind, made?.kind]).toEqual(isSampled ? ['server', 'client'] : [undefined, undefined]);
    expect(made?.parentSpanId).toBe(server?.spanId);
    expect(server?.parentSpanId).toBe(isSampled ? (continues ? CALLER : '') : undefined);
  });

  test.each(Object.keys(invalidMembers))('tracestate with %s', (name) => {
    expect(answers.get(name)!.span.traceId).toBe(TRACE);
    // Its neighbour may go with it.
    expect([[], ['ok=1']]).toContainEqual(sent(name, client, 'tracestate'));
  });

  test.each(['tracestate alone', 'tracestate of a trace that is not continued'])('%s is not sent on', (name) => {
    expect(answers.get(name)!.span.traceId).not.toBe(TRACE);
    expect(sent(name, client, 'tracestate')).toEqual([]);
  });

  test.each(baggages)('$name', ({ name, entries, sent: expected }) => {
    if (entries !== undefined)
      expect(Object.fromEntries(answers.get(name)!.baggage!)).toEqual(Object.fromEntries(entries));
    if (expected !== undefined) expect(sent(name, client, 'baggage')).toEqual([expected]);
  });

  // Two would be none.
  test.each(['own-traceparent', 'own-upper-case'])('one traceparent is sent, that of the client span: %s', (name) => {
    expect(sent(name, client, 'traceparent')).toEqual([expect.stringContaining(TRACE)]);
  });

  test('headers in a list are sent', () => {
    expect(sent('own-list', client, 'x-own')).toEqual(['1']);
    expect(sent('own-list', client, 'traceparent')).toEqual([expect.stringContaining(TRACE)]);
  });

  test('what an application put into baggage is sent as a value', () => {
    expect(sent('own-baggage', client, 'baggage')).toEqual([
      'user%20id=Am%C3%A9lie%2C%20%22A%22%3B%20100%25%0D%0AX-Evil:%201',
    ]);
    expect(sent('own-baggage', client, 'x-evil')).toEqual([]);
  });

  test('metadata of baggage that no header can have fails no request', () => {
    expect(sent('own-metadata', client, 'x-evil')).toEqual([]);
  });

  test('what an application put into baggage is sent within limits', () => {
    const [header, ...more] = sent('own-many', client, 'baggage');
    expect(more).toEqual([]);
    expect(header!.length).toBeLessThanOrEqual(8192);
    expect(header!.split(',').length).toBeLessThanOrEqual(180);
    expect(header).toMatch(/^(?:key\d+=v{90}(?:,|$))+$/);
  });
});

test('of all this nothing is printed, and no export carries a trace', () => {
  expect(stderr).toBe('');
  expect(exported).not.toContain('traceparent');
});
