/**
 * What a process keeps so that nothing is lost with the server of its group: the legacy that the server has last left, and
 * its own values that are contained in it. It stays encoded; only who is elected reads it.
 */
import type { Inherited } from './frames.ts';

export interface Heirloom {
  /** Encoded values that were sent under this id. */
  sent(id: number, values: Uint8Array): void;
  /** A legacy that contains the values of this id; 0: none. */
  left(id: number, legacy: Uint8Array): void;
  inherited(): Inherited | undefined;
}

export function createHeirloom(): Heirloom {
  const sent = new Map<number, Uint8Array>();
  let inherited: Inherited | undefined;
  return {
    sent: (id, values) => void sent.set(id, values),
    left(id, legacy) {
      const own = sent.get(id);
      // Late answers go into the next one.
      for (const older of sent.keys()) if (older < id) sent.delete(older);
      inherited = { legacy, ...(own !== undefined && { own }) };
    },
    inherited: () => inherited,
  };
}
