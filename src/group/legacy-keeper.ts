/**
 * What a process keeps so that nothing is lost with the server of its group: the legacy that the server has last left, and
 * its own values that are contained in it. It stays encoded; only who serves next reads it.
 */
import * as diag from '../diag.ts';
import { MAX_CONTENT, megabytes, type KeptLegacy } from './frames.ts';

export interface LegacyKeeper {
  /** A new membership: the ids of the last one mean nothing to another server, and begin again. */
  joined(): void;
  /** Encoded values that were sent under this id. */
  sent(id: number, values: Uint8Array): void;
  /** A legacy that contains the values of this id; 0: none. */
  left(id: number, legacy: Uint8Array): void;
  /** For the next server, or to begin with as one. */
  current(): KeptLegacy | undefined;
}

/** Values that have been sent and may come back in a legacy. */
const KEPT = 2;

export function createLegacyKeeper(): LegacyKeeper {
  const sent = new Map<number, Uint8Array>();
  let kept: KeptLegacy | undefined;
  return {
    joined: () => sent.clear(),
    sent(id, values) {
      sent.set(id, values);
      // A server that leaves nothing, or is slow to, must not make them pile up; the one before may be in what comes next.
      if (sent.size > KEPT) sent.delete(sent.keys().next().value!);
    },
    left(id, legacy) {
      const own = sent.get(id);
      // Whose part nobody could take away again would count twice: the one before serves.
      if (id > 0 && own === undefined) return;
      const size = legacy.length + (own?.length ?? 0);
      if (size > MAX_CONTENT)
        return diag.limited(
          'group legacy',
          `/metrics of all processes has too many series to be kept (${megabytes(size)}): counters fall when the one that serves it ends`,
        );
      // Late answers go into the next one.
      for (const older of sent.keys()) if (older < id) sent.delete(older);
      kept = { legacy, ...(own !== undefined && { own }) };
    },
    current: () => kept,
  };
}
