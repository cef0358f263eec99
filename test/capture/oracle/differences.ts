/** Where we decide otherwise than @opentelemetry/instrumentation-http, and why. Anything else that differs is a fault. */
import { believed, distrusted, hosts } from './differences/addresses.ts';
import { ends } from './differences/ends.ts';
import { handshakes } from './differences/handshakes.ts';
import type { Reasoned } from './differences/reasoned.ts';
import { routes } from './differences/routes.ts';
import { targets } from './differences/targets.ts';

const methods: readonly Reasoned[] = [
  ...['PROPFIND', 'PURGE', 'M-SEARCH'].map((method) => ({
    requests: [method],
    what: { name: [method, 'HTTP'] as const },
    reason: 'A method that is none of the conventions is HTTP in the name: clients can invent any.',
  })),
  {
    requests: ['an unknown method with a route'],
    what: { name: ['PROPFIND /any/:id', 'HTTP /any/:id'] },
    reason: 'The same with a route.',
  },
];

const statuses: readonly Reasoned[] = ['600', '799', '999'].map((status) => ({
  requests: [`status ${status}`],
  what: { 'error.type': [undefined, status] as const },
  reason: 'A span that failed says by what; both say that it failed.',
}));

/** Without a trusted proxy. */
export const reasoned: readonly Reasoned[] = [
  ...methods,
  ...statuses,
  ...handshakes,
  ...ends,
  ...hosts,
  ...distrusted,
  ...targets,
  ...routes,
];

/** With `FIRSTLIGHT_TRUST_PROXY=all`. */
export const reasonedBehindProxies: readonly Reasoned[] = believed;
