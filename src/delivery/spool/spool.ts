/**
 * A folder that keeps what is undelivered, for a process that may be killed. Every process writes under a name of its own,
 * and leaves a mark while it lives. Bodies are kept as they would be sent: without headers, and so without credentials.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as diag from '../../diag.ts';
import { bodyName, MARK, ownerName, PART, type Way } from './names.ts';
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

/** A body on disk, or on its way there. */
export interface Kept {
  /** Whether it lies there. */
  isWritten(): boolean;
  /** Puts it there now, if it is not yet; false where that fails. */
  writeNow(body: Uint8Array): boolean;
  /** Undefined where it cannot be read. */
  read(): Promise<Uint8Array | undefined>;
  /** Undefined where it cannot be read. */
  readNow(): Uint8Array | undefined;
  remove(): void;
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

const PRIVATE = { mode: 0o600 } as const;
/** An empty file is one that could not be written. */
const whole = (body: Uint8Array): Uint8Array | undefined => (body.length === 0 ? undefined : body);
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
    writeFileSync(mark, JSON.stringify(content), PRIVATE);
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

  const write = async (path: string, body: Uint8Array): Promise<boolean> => {
    try {
      await writeFile(path + PART, body, PRIVATE);
      await rename(path + PART, path);
      return true;
    } catch (cause) {
      await rm(path + PART, { force: true }).catch(() => {});
      return complain(cause);
    }
  };

  const hold = (path: string, size: number, writing?: Promise<boolean>): Kept => {
    let written = writing === undefined;
    let removed = false;
    bytes += size;
    void writing?.then((did) => {
      written ||= did;
      if (removed) void rm(path, { force: true }).catch(complain);
      return did;
    });
    return {
      isWritten: () => written,
      writeNow(body) {
        if (written) return true;
        try {
          // Not the name that may be written to at this moment.
          writeFileSync(`${path}.now${PART}`, body, PRIVATE);
          renameSync(`${path}.now${PART}`, path);
          return (written = true);
        } catch (cause) {
          return complain(cause);
        }
      },
      read: () => readFile(path).then(whole, () => undefined),
      readNow() {
        try {
          return whole(readFileSync(path));
        } catch {
          return undefined;
        }
      },
      remove() {
        removed = true;
        bytes -= size;
        try {
          if (written) rmSync(path, { force: true });
        } catch (cause) {
          complain(cause);
        }
      },
    };
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
      const writing = last.then(() => write(path, body));
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
