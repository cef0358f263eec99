/** Who was asked and who asks: from the connection and the Host header, and from proxies where they are trusted. */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { split } from '../config/rules.ts';

export interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** `example.com`, `example.com:8080`, `[::1]:8080`; without a port, that of the scheme. */
export function parseHost(given: string, scheme: string | undefined): HostAndPort {
  const bracket = given.startsWith('[') ? given.indexOf(']') : -1;
  const colon = given.indexOf(':', bracket + 1);
  if (bracket > 0 && (colon === -1 || colon === bracket + 1)) {
    return { host: given.slice(1, bracket), port: portOf(given, colon, scheme) };
  }
  // More than one colon, or brackets that are not all of it: whatever it is, there is no port to be told from it.
  if (bracket > 0 || colon !== given.lastIndexOf(':')) return { host: given, port: undefined };
  return { host: colon === -1 ? given : given.slice(0, colon), port: portOf(given, colon, scheme) };
}

function portOf(given: string, colon: number, scheme: string | undefined): number | undefined {
  if (colon === -1) return scheme === undefined ? undefined : DEFAULT_PORTS[scheme];
  const port = Number(given.slice(colon + 1));
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

/** What proxies say of the client and of what it asked for. */
export interface Forwarded {
  readonly client?: string;
  readonly host?: string;
  readonly scheme?: string;
}

/**
 * The hop nearest to the client that a trusted proxy tells of: from the right, each address is believed as long as the
 * one that reports it is trusted. `Forwarded` (RFC 7239) is stronger than `X-Forwarded-*`.
 */
export function forwarded(
  headers: IncomingHttpHeaders,
  peer: string,
  isTrusted: (address: string) => boolean,
): Forwarded {
  if (!isTrusted(peer)) return {};
  const hops = headers.forwarded === undefined ? legacyHops(headers) : parseForwarded(headers.forwarded);
  let found: Forwarded = {};
  for (const hop of hops.toReversed()) {
    found = { ...found, ...hop };
    if (hop.client === undefined || !isTrusted(hop.client)) break;
  }
  return found;
}

/** `X-Forwarded-For` grows with each proxy; host and scheme are those that the client used, told by the nearest proxy. */
function legacyHops(headers: IncomingHttpHeaders): Forwarded[] {
  const hops = words(headers['x-forwarded-for']).map((entry): Forwarded => clientOf(entry));
  const host = words(headers['x-forwarded-host'])[0];
  const scheme = words(headers['x-forwarded-proto'])[0] ?? '';
  return [...hops.slice(0, -1), { ...hops.at(-1), ...(host && { host }), ...schemeOf(scheme) }];
}

/** `for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8::1]:4711"` */
function parseForwarded(header: string): Forwarded[] {
  return words(header).map((element) => {
    const hop: Record<string, string> = {};
    for (const pair of element.split(';')) {
      const equals = pair.indexOf('=');
      const name = pair.slice(0, Math.max(equals, 0)).trim().toLowerCase();
      const value = pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
      if (value === '') continue;
      if (name === 'for') Object.assign(hop, clientOf(value));
      if (name === 'host') hop['host'] = value;
      if (name === 'proto') Object.assign(hop, schemeOf(value));
    }
    return hop;
  });
}

/** What is no address is a name that a proxy has given to what it hides. */
function clientOf(given: string): Pick<Forwarded, 'client'> {
  const client = withoutPort(given);
  return isIP(client) > 0 ? { client } : {};
}

/** One that is none would be a series of its own. */
function schemeOf(given: string): Pick<Forwarded, 'scheme'> {
  const scheme = given.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? { scheme } : {};
}

const words = (header: string | readonly string[] | undefined): string[] => split(String(header ?? ''));

/** `192.0.2.1:80`, `[2001:db8::1]:80` and `2001:db8::1`. */
function withoutPort(entry: string): string {
  if (entry.startsWith('[')) return entry.slice(1, Math.max(entry.indexOf(']'), 1));
  const colon = entry.indexOf(':');
  return colon === entry.lastIndexOf(':') && colon > 0 ? entry.slice(0, colon) : entry;
}
