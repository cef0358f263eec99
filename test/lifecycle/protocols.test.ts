/** Whatever the protocol and the way to the receiver: by the living process, and by the helper at its end. */
import { afterEach, describe, expect, test } from 'vitest';
import { startCollector, tlsFiles, type Collector, type CollectorOptions } from '../support/collector.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { arrived, expected } from './arrived.ts';
import { end } from './ending.ts';
import type { Way } from './ways.ts';

const work = Array.from({ length: 20 }, (_, n) => `${n + 1}`);
const SENDERS: readonly Way[] = [
  { name: 'the process', args: ['flush.cjs', '20'], requests: [], work },
  { name: 'the helper', args: ['many.cjs', '20', 'exit'], requests: [], work },
];
const PROTOCOLS = ['grpc', 'http/protobuf', 'http/json'] as const;
type Protocol = (typeof PROTOCOLS)[number];

interface Connection {
  readonly name: string;
  readonly tls?: CollectorOptions['tls'];
  readonly env?: (proxy: string, protocol: Protocol) => Readonly<Record<string, string>>;
  /** Of each request; what it was sent through. */
  readonly check?: (collector: Collector, proxy: Proxy) => void;
}

const byCa = { OTEL_EXPORTER_OTLP_CERTIFICATE: tlsFiles.ca };
const throughProxy = (proxy: string, protocol: Protocol): Readonly<Record<string, string>> =>
  protocol === 'grpc' ? { grpc_proxy: proxy } : { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
const passed = ({ requests, tunnels }: Proxy): number => requests.length + tunnels.length;

const CONNECTIONS: readonly Connection[] = [
  { name: 'plain' },
  {
    name: 'gzip',
    env: () => ({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }),
    check: ({ requests }) => expect(new Set(requests.map(({ compression }) => compression))).toEqual(new Set(['gzip'])),
  },
  {
    name: 'headers',
    env: () => ({
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20secret,x-tenant=one',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-tenant=two',
    }),
    check({ requests }) {
      for (const { signal, headers } of requests) {
        expect(headers).toMatchObject({ 'api-key': 'a secret', 'x-tenant': signal === 'traces' ? 'two' : 'one' });
      }
    },
  },
  { name: 'TLS with a certificate authority', tls: true, env: () => byCa },
  {
    name: 'a client certificate',
    tls: 'mutual',
    env: () => ({
      ...byCa,
      OTEL_EXPORTER_OTLP_CLIENT_KEY: tlsFiles.clientKey,
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: tlsFiles.clientCertificate,
    }),
    check: ({ requests }) => expect(requests.every(({ client }) => client !== undefined)).toBe(true),
  },
  { name: 'a proxy', env: throughProxy, check: (_, proxy) => expect(passed(proxy)).toBeGreaterThan(0) },
  {
    name: 'a proxy to TLS',
    tls: true,
    env: (proxy, protocol) => ({ ...byCa, ...throughProxy(proxy, protocol) }),
    check: (_, proxy) => expect(proxy.tunnels.length).toBeGreaterThan(0),
  },
];

let collector: Collector;
let proxy: Proxy;
afterEach(() => Promise.all([collector.close(), proxy.close()]));

describe.each(PROTOCOLS)('%s', (protocol) => {
  describe.each(CONNECTIONS)('$name', ({ tls = false, env, check }) => {
    test.each(SENDERS)('by $name', async (way) => {
      [collector, proxy] = await Promise.all([startCollector({ tls }), startProxy()]);
      const { diagnostics } = await end(way, {
        env: {
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcUrl : collector.url,
          ...env?.(proxy.url, protocol),
        },
      });
      expect(diagnostics).toEqual([]);
      expect(arrived(collector)).toEqual(expected(way));
      expect(new Set(collector.requests.map((request) => request.protocol))).toEqual(new Set([protocol]));
      check?.(collector, proxy);
    });
  });
});
