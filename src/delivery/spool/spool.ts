/**
 * A folder that keeps what is undelivered, for a process that may be killed. Every process writes under a name of its own,
 * and leaves a mark while it lives. Bodies are kept as they would be sent: without headers, and so without credentials.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  read(): Promise<Uint8Array>;
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
  adopt(take: (found: Found) => void): void;
  /** The process ends in order: its mark goes, what it could not deliver stays. */
  end(): void;
}

const PRIVATE = { mode: 0o600 } as const;
/** Milliseconds between two looks at the folder, at which the mark is renewed too. */
const LOOK = 30_000;

/** Undefined where the folder cannot be used, which is said in a line. */
export function createSpool({ folder, maxBytes, maxAge, service }: SpoolOptions): Spool | undefined {
  const identity = ownIdentity();
  const owner = ownerName(service, identity.pid);
  const mark = join(folder, owner + MARK);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const content: Mark = { ...identity, service, started: new Date().toISOString() };
    writeFileSync(mark, JSON.stringify(content), PRIVATE);
  } catch (cause) {
    diag.warn(`FIRSTLIGHT_SPOOL_DIR=${JSON.stringify(folder)} cannot be used, nothing is kept on disk`, cause);
    return undefined;
  }
  let number = 0;
  let bytes = 0;
  let ofOthers = 0;
  let timer: NodeJS.Timeout | undefined;

  const complain = (cause: unknown): false => {
    diag.limited('spool', `cannot write to the spool ${folder} (FIRSTLIGHT_SPOOL_DIR)`, cause);
    return false;
  };

  const hold = (path: string, size: number, writing?: Promise<boolean>): Kept => {
    let written = writing === undefined;
    let removed = false;
    bytes += size;
    void writing?.then((did) => {
      written = did;
      if (removed) void rm(path, { force: true }).catch(complain);
      return did;
    });
    return {
      isWritten: () => written,
      writeNow(body) {
        if (written) return true;
        try {
          writeFileSync(path + PART, body, PRIVATE);
          renameSync(path + PART, path);
          return (written = true);
        } catch (cause) {
          return complain(cause);
        }
      },
      read: () => readFile(path),
      readNow() {
        try {
          return readFileSync(path);
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
      const writing = writeFile(path + PART, body, PRIVATE).then(() => rename(path + PART, path));
      return hold(
        path,
        body.length,
        writing.then(() => true, complain),
      );
    },
    adopt(take) {
      const look = createHeir({ folder, owner, identity, maxAge });
      let looking = false;
      const lookOnce = async (): Promise<void> => {
        if (looking) return;
        looking = true;
        try {
          ofOthers = await look(
            (name) => join(folder, bodyName({ ...name, owner }, number++)),
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
      clearInterval(timer);
      try {
        rmSync(mark, { force: true });
      } catch (cause) {
        complain(cause);
      }
    },
  };
}
