/** What instrumentations tell of libraries, and applications of themselves: each metric begins with its first teller. */
import type { Attributes, Counter, MeterProvider } from '@opentelemetry/api';
import type { Observed } from '../observed.ts';
import { createActiveUsers } from './active-users.ts';
import { createCaches } from './caches.ts';
import { counter } from './instrument.ts';
import { createPools } from './pools.ts';
import { createDepths } from './queue-depth.ts';
import { createLags } from './queue-lag.ts';
import { createRegisteredQueues } from './registered-queues.ts';

export interface Observers extends Observed {
  /** See src/index.ts. */
  registerQueue(name: unknown, read: unknown): () => void;
  /** See src/index.ts. */
  markActiveUser(id: unknown): void;
}

export function createObservers(provider: MeterProvider): Observers {
  // Not the scope of what we measure of the process itself: this is the application's, and worth to be sent at its end.
  const meter = provider.getMeter('firstlight/observed', FIRSTLIGHT_VERSION);
  const caches = lazily(() => createCaches(meter));
  const pools = lazily(() => createPools(meter));
  const depths = lazily(() => createDepths(meter));
  const lags = lazily(() => createLags(meter));
  const deadLetters = lazily((): Counter => counter(meter, 'firstlight.queue.dead_letters'));
  const queues = lazily(() => createRegisteredQueues(depths()));
  const users = lazily(() => createActiveUsers(meter));
  return {
    cache: (type) => caches()(type),
    pool: (pool, read) => pools()(pool, read),
    depth: (source) => depths()(source),
    lag: (read) => lags()(read),
    deadLetter(system, queue, count = 1) {
      const attributes: Attributes = { 'messaging.system': system };
      if (queue !== undefined) attributes['queue'] = queue;
      deadLetters().add(count, attributes);
    },
    registerQueue: (name, read) => queues()(name, read),
    markActiveUser: (id) => users()(id),
  };
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
