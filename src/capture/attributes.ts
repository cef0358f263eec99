/** What a span says of a request, by the stable semantic conventions of HTTP. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { forwarded, parseHost, type Forwarded } from './address.ts';
import { headerValue, type CapturedHeader } from './captured-headers.ts';
import { OTHER } from './methods.ts';
import { syntheticType } from './synthetic.ts';
import type { IsTrusted } from './trust.ts';

/** The head of a request, of HTTP/1 or 2. */
export interface Head {
  readonly method: string;
  /** As the request had it: a path with its query, a whole URL, or `*`. */
  readonly target: string;
  readonly scheme: 'http' | 'https';
  /** Of the protocol, `1.1` or `2`; empty where the client has invented one. */
  readonly version: string;
  /** The Host header, or `:authority`. */
  readonly host: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** The connection. */
  readonly peer: Peer | undefined;
}

interface Peer {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

export interface AttributeOptions {
  readonly isTrusted: IsTrusted | undefined;
  readonly redactQuery: (query: string) => string;
  readonly requestHeaders: readonly CapturedHeader[];
  readonly synthetic: boolean;
}

const NOT_FORWARDED: Forwarded = {};

/** `method` is the one that is reported. Values that are undefined the SDK leaves out. */
export function attributesOf(
  head: Head,
  method: string,
  [path, query]: readonly [path: string, query?: string],
  { isTrusted, redactQuery, requestHeaders, synthetic }: AttributeOptions,
): Attributes {
  const { headers, peer } = head;
  const address = peer?.remoteAddress;
  // The peer of a socket of the file system is this machine.
  const via = isTrusted === undefined ? NOT_FORWARDED : forwarded(headers, address ?? '127.0.0.1', isTrusted);
  const scheme = via.scheme ?? head.scheme;
  const host = via.host ?? head.host;
  const server = host ? parseHost(host, scheme) : undefined;
  const attributes: Attributes = {
    'http.request.method': method,
    'url.scheme': scheme,
    'server.address': server?.host,
    'network.peer.address': address,
    'network.peer.port': peer?.remotePort,
    'network.protocol.version': head.version || undefined,
    'user_agent.original': headers['user-agent'],
    'url.path': path,
    'client.address': via.client ?? address,
    'server.port': server?.port,
  };
  if (query) attributes['url.query'] = redactQuery(query);
  if (method === OTHER) attributes['http.request.method_original'] = head.method;
  if (synthetic) attributes['user_agent.synthetic.type'] = syntheticType(headers['user-agent']);
  for (const { name, attribute } of requestHeaders) {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (value !== undefined) attributes[attribute] = headerValue(value);
  }
  return attributes;
}
