/** What is measured of BullMQ where its telemetry tells nothing: how many jobs wait, and which failed for good. */
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import * as diag from '../../diag.ts';
import type { Depth, Observed } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';

const STATES = ['waiting', 'prioritized', 'delayed', 'active', 'failed'] as const;
/** Milliseconds for which counts are good. */
const LASTS = 3000;
const SYSTEM = 'bullmq';

interface Connection {
  readonly status?: string;
  readonly _client?: { readonly status?: string; readonly isCluster?: boolean };
}
interface Queue {
  readonly name: string;
  readonly closing?: unknown;
  /** Of BullMQ 5. */
  readonly connection?: Connection;
  /** Of BullMQ 6. */
  readonly backend?: { readonly connection?: Connection };
  getJobCounts(...states: readonly string[]): Promise<Readonly<Record<string, number>>>;
}

/** Of all that talks to a queue only Queue counts its jobs. It is watched, and not kept, until it is closed. */
export function watchQueue(instance: object, { depth }: Observed): void {
  if (typeof (instance as Partial<Queue>).getJobCounts !== 'function') return;
  const watched = new WeakRef(instance as Queue);
  depth({
    lasts: LASTS,
    read() {
      const queue = watched.deref();
      return queue !== undefined && isReady(queue) ? count(queue) : [];
    },
    isGone() {
      const queue = watched.deref();
      return queue === undefined || queue.closing !== undefined;
    },
    failed: (cause) => diag.debug('the depth of a queue of BullMQ is not known', cause),
  });
}

/** A command before that would wait for the connection, and hold who closes it. */
function isReady({ connection, backend }: Queue): boolean {
  const { status, _client: client } = connection ?? backend?.connection ?? {};
  // A cluster that can be used calls itself connected.
  return (
    status === 'ready' && (client?.status === 'ready' || (client?.isCluster === true && client.status === 'connect'))
  );
}

async function count(queue: Queue): Promise<readonly Depth[]> {
  // Nobody's command: neither in the trace of who asks for metrics, nor in what is derived from spans.
  const counts = await context.with(suppressTracing(ROOT_CONTEXT), () => queue.getJobCounts(...STATES));
  return STATES.map((state) => ({
    attributes: { queue: queue.name, 'messaging.system': SYSTEM, state },
    messages: counts[state] ?? 0,
  }));
}

export interface Emitting {
  emit(event: string, ...args: unknown[]): boolean;
}
interface Job {
  readonly queueName?: string;
  readonly attemptsMade?: number;
  readonly finishedOn?: number | null;
  readonly opts?: { readonly attempts?: number };
}

/** A listener would be seen by the application, which may ask how many there are. */
export function watchFailures(prototype: Emitting, { deadLetter }: Observed): void {
  const { emit } = prototype;
  prototype.emit = function (event, ...args) {
    if (event === 'failed') {
      withoutThrowing('a failed job of BullMQ is not counted', () => {
        const job = args[0] as Job | undefined;
        if (job !== undefined && isGivenUp(job)) deadLetter(SYSTEM, job.queueName);
      });
    }
    return emit.call(this, event, ...args);
  };
}

/** Workers tell of jobs; what listens to the events of a queue tells of ids, once more. */
function isGivenUp({ attemptsMade, finishedOn, opts }: Job): boolean {
  if (typeof attemptsMade !== 'number') return false;
  return typeof finishedOn === 'number' || attemptsMade >= (opts?.attempts ?? 1);
}
