/** What a span says of a request, by the stable semantic conventions of HTTP. */
import type { IncomingHttpHeaders, OutgoingHttpHeader } from 'node:http';
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { forwarded, parseHost, type Forwarded } from './address.ts';
import { OTHER } from './methods.ts';
import { syntheticType } from './synthetic.ts';
import type { IsTrusted } from './trust.ts';

/** The head of a request, of HTTP/1 or 2. */
export interface Head {
  readonly method: string;
  /** As the request had it: a path with its query, a whole URL, or `*`. */
  readonly target: string;
  readonly scheme: string;
  /** Of the protocol: `1.1`, `2`. */
  readonly version: string;
  /** The Host header, or `:authority`. */
  readonly host: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly peer: { readonly remoteAddress?: string | undefined; readonly remotePort?: number | undefined } | undefined;
}

export interface AttributeOptions {
  readonly methods: ReadonlySet<string>;
  readonly isTrusted: IsTrusted | undefined;
  readonly redactQuery: (query: string) => string;
  readonly requestHeaders: readonly CapturedHeader[];
  readonly synthetic: boolean;
}

export interface CapturedHeader {
  readonly name: string;
  readonly attribute: string;
}

export const capturedHeaders = (side: 'request' | 'response', names: readonly string[] = []): CapturedHeader[] =>
  [...new Set(names.map((name) => name.toLowerCase()))].map((name) => ({
    name,
    attribute: `http.${side}.header.${name}`,
  }));

/** As the conventions have it: a list, also where there is one. */
export function headerValue(value: OutgoingHttpHeader): AttributeValue {
  if (typeof value === 'number') return [value];
  return typeof value === 'string' ? [value] : [...value];
}

/** Values that are undefined the SDK leaves out. */
export function attributesOf(
  head: Head,
  { methods, isTrusted, redactQuery, ...options }: AttributeOptions,
): Attributes {
  const { method, target, headers, version } = head;
  const address = head.peer?.remoteAddress;
  const via = isTrusted === undefined || address === undefined ? NOT_FORWARDED : forwarded(headers, address, isTrusted);
  const scheme = via.scheme ?? head.scheme;
  const start = pathStart(target);
  const mark = target.indexOf('?', start);
  const host = via.host ?? head.host;
  const server = host === undefined || host === '' ? undefined : parseHost(host, scheme);
  const attributes: Attributes = {
    'http.request.method': methods.has(method) ? method : OTHER,
    'url.scheme': scheme,
    'server.address': server?.host,
    'network.peer.address': address,
    'network.peer.port': head.peer?.remotePort,
    'network.protocol.version': version,
    'user_agent.original': headers['user-agent'],
    'url.path': (mark === -1 ? target.slice(start) : target.slice(start, mark)) || '/',
    'client.address': via.client ?? address,
    'server.port': server?.port,
  };
  if (mark !== -1 && mark + 1 < target.length) attributes['url.query'] = redactQuery(target.slice(mark + 1));
  if (!methods.has(method)) attributes['http.request.method_original'] = method;
  if (options.synthetic) attributes['user_agent.synthetic.type'] = syntheticType(headers['user-agent']);
  for (const { name, attribute } of options.requestHeaders) {
    const value = headers[name];
    if (value !== undefined) attributes[attribute] = headerValue(value);
  }
  return attributes;
}

const NOT_FORWARDED: Forwarded = {};

/** Proxies get whole URLs as targets. */
function pathStart(target: string): number {
  if (target.startsWith('/')) return 0;
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i.exec(target);
  return authority === null ? 0 : authority[0].length;
}
