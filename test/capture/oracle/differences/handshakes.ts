import type { Facets } from '../facets.ts';
import { onlyOurs, type Reasoned } from './reasoned.ts';

const request = (method: string, path: string, host: string, port: number): Facets => ({
  name: method,
  'http.request.method': method,
  'url.scheme': 'http',
  'url.path': path,
  'server.address': host,
  'server.port': port,
  'client.address': '127.0.0.1',
  'network.peer.address': '127.0.0.1',
  'network.protocol.version': '1.1',
});
const upgrade = (path: string, rest: Facets): Reasoned['what'] =>
  onlyOurs({ ...request('GET', path, 'shop.example', 80), ...rest });
const post = (path: string, status: number): Reasoned['what'] =>
  onlyOurs({ ...request('POST', path, 'shop.example', 8080), 'http.response.status_code': status });

const answered = (status: number): Facets => ({ 'http.response.status_code': status });
const cut: Facets = { status: 'error', 'error.type': 'aborted' };

/** The stock listens to the event `request` alone. */
const reason = 'A request that comes as another event than `request` is a request: HTTP has one span for each.';

export const handshakes: readonly Reasoned[] = [
  { requests: ['Upgrade accepted'], what: upgrade('/accepted', answered(101)), reason },
  { requests: ['Upgrade refused'], what: upgrade('/refused', answered(403)), reason },
  { requests: ['Upgrade cut'], what: upgrade('/cut', cut), reason },
  {
    requests: ['Upgrade whose listener throws'],
    what: upgrade('/throw', {
      status: 'error thrown by the upgrade',
      'error.type': 'Error',
      events: ['exception Error: thrown by the upgrade'],
    }),
    reason,
  },
  // The target of CONNECT is an authority: such a URI has no path (RFC 9110, 7.1).
  ...(['accepted', 'refused', 'cut'] as const).map((how) => ({
    requests: [`CONNECT ${how}`],
    what: onlyOurs({
      ...request('CONNECT', '', `${how}.example`, 443),
      ...{ accepted: answered(200), refused: answered(403), cut }[how],
    }),
    reason,
  })),
  { requests: ['100-continue with a listener'], what: post('/echo', 200), reason },
  { requests: ['100-continue refused by a listener'], what: post('/refused', 417), reason },
  { requests: ['an expectation with a listener'], what: post('/tea', 200), reason },
];
