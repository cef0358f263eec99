/** Whoever has the port without being of the group: named in one line, and not asked who it is again and again. */
import * as diag from '../diag.ts';
import { isOwn, namesOf } from './holder.ts';
import type { Refusal } from './identity.ts';
import type { Owner } from './proc-net.ts';

export interface Strangers {
  /** Who cannot be a sibling is not asked, nor is one again that has said no: it may be anything, and keep a log. */
  isWorthAsking(owner: Owner | undefined): boolean;
  /** One has the port; `by` is its answer. Returns the milliseconds until it is worth another look. */
  found(port: number, by: Refusal | undefined, owner: Owner | undefined): number;
  /** Whether somebody was told. */
  hasSaid(): boolean;
  /** This process is a member. */
  joined(): void;
  /** The server is gone; the next one is asked, whoever it is. */
  left(): void;
}

/** Milliseconds between looks at first, and later on. */
export const LOOK = 1000;
const LOOK_LATER = 10_000;
const LOOKS = 10;
const MOVE = 'OTEL_EXPORTER_PROMETHEUS_PORT moves it';

/** `isDone`: nobody waits for the port any more. */
export function createStrangers(uid: number, isDone: () => boolean): Strangers {
  /** How often one was found in a row. */
  let looks = 0;
  let hasSaid = false;
  /** The socket of the one that was last asked who it is, and when. */
  let asked: string | undefined;
  let askedAt = -Infinity;

  const say = async (port: number, by: Refusal | undefined, owner: Owner | undefined): Promise<void> => {
    const names = await namesOf(by, owner);
    if (isDone() || hasSaid) return;
    hasSaid = true;
    diag.warn(`port ${port} is taken${names}: /metrics is not served; ${MOVE}`);
  };
  return {
    isWorthAsking(owner) {
      const isWorth =
        owner === undefined
          ? performance.now() - askedAt >= LOOK_LATER
          : owner.uid === uid && owner.inode !== asked && !isOwn(owner);
      if (isWorth) [asked, askedAt] = [owner?.inode, performance.now()];
      return isWorth;
    },
    found(port, by, owner) {
      if (!hasSaid) say(port, by, owner).catch((cause: unknown) => diag.debug('cannot say who has the port', cause));
      return looks++ < LOOKS ? LOOK : LOOK_LATER;
    },
    hasSaid: () => hasSaid,
    joined() {
      hasSaid = false;
      looks = 0;
    },
    left: () => void ([asked, askedAt] = [undefined, -Infinity]),
  };
}
