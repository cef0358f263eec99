/**
 * A folder that keeps what is undelivered, for a process that may be killed. Every process writes under a name of its own,
 * and leaves a mark while it lives. Bodies are kept as they would be sent: without headers, and so without credentials.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as diag from '../../diag.ts';
import { createKept, writeWhole, type Kept } from './kept.ts';
import { bodyName, MARK, ownerName, type Way } from './names.ts';
import { createHeir, type Mark } from './heir.ts';
import { ownIdentity } from './process-identity.ts';

export interface SpoolOptions {
  readonly folder: string;
  /** Bytes of all processes that share the folder. */
  readonly maxBytes: number;
  /** Milliseconds. */
  readonly maxAge: number;
  /** `service.name`. */
  readonly service: string;
}

/** What another process has left. */
export interface Found extends Way {
  readonly items: number;
  readonly size: number;
  /** Milliseconds since it was written. */
  readonly age: number;
  readonly kept: Kept;
}

export interface Spool {
  /** Undefined where there is no room. */
  keep(way: Way, items: number, body: Uint8Array): Kept | undefined;
  /** Looks for what dead processes have left, now and from time to time. */
  adopt(wants: (way: Way) => boolean, take: (found: Found) => void): void;
  /** The process ends in order: its mark goes, what it could not deliver stays. */
  end(): void;
  /** Nobody looks any more, although the process lives on. */
  close(): void;
}

/** Milliseconds between two looks at the folder, at which the mark is renewed too. */
const LOOK = 30_000;

/** Undefined where the folder cannot be used, which is said in a line. */
export function createSpool({ folder: given, maxBytes, maxAge, service }: SpoolOptions): Spool | undefined {
  const folder = resolve(given);
  const identity = ownIdentity();
  const owner = ownerName(service, identity.pid);
  const mark = join(folder, owner + MARK);
  const content: Mark = { ...identity, service, started: new Date().toISOString() };
  const settleIn = (): void => {
    makeFolder(folder);
    writeFileSync(mark, JSON.stringify(content), { mode: 0o600 });
  };
  try {
    settleIn();
  } catch (cause) {
    diag.warn(`FIRSTLIGHT_SPOOL_DIR=${JSON.stringify(folder)} cannot be used, nothing is kept on disk`, cause);
    return undefined;
  }
  let number = 0;
  let bytes = 0;
  let ofOthers = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const removeMark = (): void => {
    try {
      rmSync(mark, { force: true });
    } catch (cause) {
      complain(cause);
    }
  };
  const comeBack = (): void => {
    if (closed) return;
    try {
      settleIn();
    } catch (cause) {
      complain(cause);
    }
  };
  const complain = (cause: unknown): false => {
    diag.limited('spool', `cannot write to the spool ${folder} (FIRSTLIGHT_SPOOL_DIR)`, cause);
    return false;
  };

  const hold = (path: string, size: number, writing?: Promise<boolean>): Kept => {
    bytes += size;
    return createKept(path, { writing, complain, removed: () => void (bytes -= size) });
  };

  return {
    keep(way, items, body) {
      if (bytes + ofOthers + body.length > maxBytes) {
        diag.limited(
          'spool full',
          `the spool ${folder} is full (FIRSTLIGHT_SPOOL_SIZE, ${maxBytes} bytes), what comes now is in memory alone`,
        );
        return undefined;
      }
      const path = join(folder, bodyName({ ...way, owner, items }, number++));
      // Not within the call of the application that filled the batch, and not in its way: the disk may be slow.
      // One after the other: many at once would take the application's file descriptors.
      const writing = last.then(() => writeWhole(path, body)).catch(complain);
      last = writing;
      return hold(path, body.length, writing);
    },
    adopt(wants, take) {
      const look = createHeir({
        folder,
        owner,
        identity,
        maxAge,
        // Somebody may have cleaned up.
        renew: (now) => utimes(mark, now, now).catch(settleIn),
      });
      let looking = false;
      const lookOnce = async (): Promise<void> => {
        if (looking) return;
        looking = true;
        try {
          ofOthers = await look(
            (name) => (wants(name) ? join(folder, bodyName({ ...name, owner }, number++)) : undefined),
            ({ path, ...found }) => take({ ...found, kept: hold(path, found.size) }),
          );
        } catch (cause) {
          complain(cause);
        } finally {
          looking = false;
        }
      };
      void lookOnce();
      timer = setInterval(() => void lookOnce(), LOOK).unref();
    },
    end() {
      removeMark();
      // Where the event loop turns again it was no end.
      setImmediate(comeBack).unref();
    },
    close() {
      closed = true;
      clearInterval(timer);
      removeMark();
    },
  };
}

/** Not `recursive`: where a system refuses a folder that could be (`/proc`), Node would try for ever. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const above = dirname(folder);
    if (code !== 'ENOENT' || existsSync(above)) throw cause;
    makeFolder(above);
    mkdirSync(folder, { mode: 0o700 });
  }
}
