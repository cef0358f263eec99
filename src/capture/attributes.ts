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
  const [path, query] = split(method, target);
  const host = via.host ?? head.host;
  const server = host === undefined || host === '' ? undefined : parseHost(host, scheme);
  const attributes: Attributes = {
    'http.request.method': methods.has(method) ? method : OTHER,
    'url.scheme': scheme,
    'server.address': server?.host,
    'network.peer.address': address,
    'network.peer.port': head.peer?.remotePort,
    'network.protocol.version': version || undefined,
    'user_agent.original': headers['user-agent'],
    'url.path': path,
    'client.address': via.client ?? address,
    'server.port': server?.port,
  };
  if (query !== undefined && query !== '') attributes['url.query'] = redactQuery(query);
  if (!methods.has(method)) attributes['http.request.method_original'] = method;
  if (options.synthetic) attributes['user_agent.synthetic.type'] = syntheticType(headers['user-agent']);
  for (const { name, attribute } of options.requestHeaders) {
    const value = headers[name];
    if (value !== undefined) attributes[attribute] = headerValue(value);
  }
  return attributes;
}

const NOT_FORWARDED: Forwarded = {};

/** The path as it was sent, and the query. A proxy is sent whole URLs; for a CONNECT and for `*` there is no path. */
function split(method: string, target: string): readonly [path: string, query?: string] {
  if (target === '*' || method === 'CONNECT') return [''];
  const fragment = target.indexOf('#');
  const end = fragment === -1 ? target.length : fragment;
  const start = target.startsWith('/') ? 0 : (AUTHORITY.exec(target)?.[0].length ?? 0);
  const mark = target.indexOf('?', start);
  if (mark === -1 || mark > end) return [target.slice(start, end) || '/'];
  return [target.slice(start, mark) || '/', target.slice(mark + 1, end)];
}

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
