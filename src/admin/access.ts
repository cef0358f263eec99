/** Who may see a private route. */
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403;
  readonly reason: string;
}

/** Why the request may not see a private route; undefined where it may. */
export function refusal(request: IncomingMessage, token: string | undefined): Refusal | undefined {
  if (token !== undefined) {
    return bears(request.headers.authorization, token) ? undefined : { status: 401, reason: 'bearer token required' };
  }
  const reason = strangeness(request);
  return reason === undefined ? undefined : { status: 403, reason: `${reason}; set FIRSTLIGHT_ADMIN_TOKEN` };
}

/** Set by proxies: the peer is on this host, the client may not be. */
const FORWARDING = [
  'cf-connecting-ip',
  'forwarded',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-envoy-external-address',
  'x-original-forwarded-for',
  'x-real-ip',
];
const LOCAL_HOST = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Without a token only someone on this host, coming straight to this host's own name, is no stranger. */
export function strangeness({ socket, headers, headersDistinct }: IncomingMessage): string | undefined {
  if (!isLoopback(socket.remoteAddress)) return 'only for peers on this host';
  if (Object.keys(headers).some((name) => FORWARDING.includes(name) || name.startsWith('x-forwarded-'))) {
    return 'not for forwarded requests';
  }
  // Node takes the first of two, somebody on the way may have taken the other.
  if ((headersDistinct.host?.length ?? 0) > 1) return 'only with one Host';
  // A page in a browser on this host reaches loopback as well: under a name that resolves here, or from its own site.
  if (!LOCAL_HOST.test(headers.host ?? '')) return 'only under a name of this host';
  // Older browsers, and some requests of today's, say where they come from in this one alone.
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return 'not for other web sites';
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'none' || site === 'same-origin' ? undefined : 'not for other web sites';
}

const isLoopback = (address = ''): boolean => /^(?:::ffff:)?127\.|^::1$/i.test(address);

function bears(header: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
  if (given === undefined) return false;
  // Loading it costs more than the server itself; few processes ever come here.
  const { createHash, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  // Digests have one length, whatever was sent: the comparison tells nothing about the token.
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(token));
}
