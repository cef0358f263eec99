import type { Reasoned } from './reasoned.ts';

export const routes: readonly Reasoned[] = [
  {
    requests: ['unmatched within a router'],
    what: { name: ['GET /shop', 'GET'], 'http.route': ['/shop', undefined] },
    reason: 'A path where a router is mounted is no route that was matched.',
  },
  {
    requests: [
      'thrown in a route',
      'rejected in a route',
      'handed to next',
      'thrown in a middleware',
      'an error without a handler',
    ],
    what: { events: [[], ['exception RangeError: broken on purpose']] },
    reason: 'What made a request fail is recorded once, with its span; the stock has it with that of a layer.',
  },
];
