/** All that is left, within the time that is left: what the helper does at the end of a process. */
import type { Cargo } from './cargo.ts';
import { failed, type Outcome } from './outcome.ts';
import { PARALLEL, type Destination, type Transport } from './transport.ts';

/** Milliseconds before what was lost on the way is sent once more. */
const PAUSE = 100;

/** Resolves when all is told, which may be never: whoever waits has a clock. */
export async function sendAll(
  { within, parcels }: Cargo,
  connect: (to: Destination, timeout: number) => Transport,
  tell: (index: number, outcome: Outcome) => void,
): Promise<void> {
  const left = (): number => within - performance.now();
  const byDestination = Map.groupBy([...parcels.entries()], ([, { to }]) => to);
  await Promise.all(
    [...byDestination].map(async ([to, queue]) => {
      let gone: Outcome | undefined;
      let transport: Transport | undefined;
      const send = async (body: Uint8Array): Promise<Outcome> => {
        try {
          transport ??= connect(to, Math.max(left(), 1));
          return await sendOne(transport, body, left);
        } catch (cause) {
          return failed('unreachable', (cause as Error).message);
        }
      };
      const work = async (): Promise<void> => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [index, { body }] = next;
          const outcome = gone ?? (await send(body));
          // What is not there is not asked again: an application whose receiver is down ends at once.
          if (outcome.kind === 'failed' && outcome.fault === 'unreachable') gone = outcome;
          tell(index, outcome);
        }
      };
      await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, work));
    }),
  );
}

async function sendOne(transport: Transport, body: Uint8Array, left: () => number): Promise<Outcome> {
  for (let pause = PAUSE; ; pause *= 2) {
    const outcome = await transport.send(body);
    if (outcome.kind !== 'failed' || (outcome.fault !== 'busy' && outcome.fault !== 'broken')) return outcome;
    const delay = Math.max(outcome.after ?? 0, pause);
    if (delay >= left()) return outcome;
    await new Promise((resolve) => void setTimeout(resolve, delay));
  }
}
