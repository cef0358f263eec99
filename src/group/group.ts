/**
 * One `/metrics` for all processes of a service on a host, and for their threads. Whoever gets the port serves, and asks
 * the others. Alone a process pays nothing: the rest is loaded when there is somebody else.
 */
import type { Resource } from '@opentelemetry/resources';
import { loadChunk } from '../chunk.ts';
import type { Collect, Collecting, ThreadsHeard } from '../collected.ts';
import type { Component } from '../component.ts';
import { catalogue, rowOf, type MetricName, type Row } from '../metrics/catalogue.ts';
import { knownAttributes } from '../resource/known-attributes.ts';
import type { Identity } from './identity.ts';
import type { Door, Sharing } from '../sharing.ts';
import type { Siblings } from './siblings.ts';
import { within } from './within.ts';

export interface Group extends Component {
  /** What all have collected. */
  readonly collect: Collect;
  /** For the admin server. */
  readonly sharing: Sharing;
  /** For whoever hears the threads of this process. */
  readonly threads: ThreadsHeard;
}

export interface GroupOptions {
  /** Of the main thread. */
  readonly reader: Collecting;
  readonly resource: Resource;
  /** `FIRSTLIGHT_INSTANCE_GROUP` */
  readonly instanceGroup: string | undefined;
  /** Resolves when all threads that can have told what they have measured, or in time. */
  readonly askThreads: (timeout: number) => Promise<void>;
}

/**
 * Milliseconds after it has got the port in which a process answers no scrape: it may have come new and have taken the port
 * of one that has just ended, and the members need so long to bring what has been counted.
 */
const HOLD = 300;

export function createGroup({ reader, resource, instanceGroup, askThreads }: GroupOptions): Group {
  let siblings: Siblings | undefined;
  let served: Door | undefined;
  let heldUntil = -Infinity;
  const load = (): Siblings => {
    if (siblings !== undefined) return siblings;
    const { createSiblings } = loadChunk<typeof import('./siblings.ts')>('group');
    siblings = createSiblings({ reader, askThreads, acrossOf, identity: identityOf(resource, instanceGroup) });
    if (served !== undefined) siblings.listening(served);
    return siblings;
  };
  return {
    name: 'group',
    async collect(timeout) {
      const held = Math.min(heldUntil - performance.now(), timeout / 2);
      if (held > 0) await within(held, new Promise(() => {}));
      return (siblings ?? reader).collect(timeout - Math.max(0, held));
    },
    sharing: {
      taken: (door) => load().taken(door),
      listening(door) {
        served = door;
        heldUntil = performance.now() + HOLD;
        siblings?.listening(door);
      },
      upgrade: (...request) => load().upgrade(...request),
      claim: (door, inThisThread) => (inThisThread ? load() : siblings)?.claim(door, inThisThread) ?? false,
      yield: () => siblings?.yield(),
      close: () => siblings?.close(),
    },
    threads: {
      heard: (thread, scopeMetrics) => load().threads.heard(thread, scopeMetrics),
      gone: (thread) => siblings?.threads.gone(thread),
    },
    pending() {
      siblings?.lastWords();
      return [];
    },
  };
}

/** What the catalogue says of a metric, which may be none of its own. */
const acrossOf = (metric: string): Row['across'] =>
  Object.hasOwn(catalogue, metric) ? rowOf(metric as MetricName).across : undefined;

/** By what processes on one host know each other as those of one service. */
function identityOf(resource: Resource, group = ''): Identity {
  const { 'service.name': service, 'service.version': version } = knownAttributes(resource);
  return {
    service: String(service),
    version: String(version ?? ''),
    group,
    uid: process.getuid?.() ?? -1,
    firstlight: FIRSTLIGHT_VERSION,
    pid: process.pid,
    id: `${process.pid} ${performance.timeOrigin} ${Math.random()}`,
  };
}
