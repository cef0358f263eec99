/** What runs, for whoever is on call: the answer of `status()` of the public API, as JSON. */
import type { Route } from '../component.ts';
import type { Status } from '../instance.ts';

/** `report` masks what it returns: this page may be read on a screen that others see. */
export function status(report: () => Status): Route {
  return {
    path: '/status',
    access: 'private',
    handle(_request, response) {
      response.setHeader('Content-Type', 'application/json');
      response.setHeader('Cache-Control', 'no-store');
      response.end(`${JSON.stringify(report(), null, 2)}\n`);
    },
  };
}
