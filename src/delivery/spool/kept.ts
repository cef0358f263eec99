import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { PART } from './names.ts';

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

interface KeptOptions {
  /** Resolves to whether it has been written; undefined: it lies there. */
  readonly writing: Promise<boolean> | undefined;
  readonly complain: (cause: unknown) => false;
  readonly removed: () => void;
}

const PRIVATE = { mode: 0o600 } as const;
/** An empty file is one that could not be written. */
const whole = (body: Uint8Array): Uint8Array | undefined => (body.length === 0 ? undefined : body);

export function createKept(path: string, { writing, complain, removed }: KeptOptions): Kept {
  let written = writing === undefined;
  let isRemoved = false;
  void writing?.then((did) => {
    written ||= did;
    if (isRemoved) void rm(path, { force: true }).catch(complain);
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
      isRemoved = true;
      removed();
      try {
        if (written) rmSync(path, { force: true });
      } catch (cause) {
        complain(cause);
      }
    },
  };
}

/** Whole or not at all: whoever finds half of it could not tell. */
export async function writeWhole(path: string, body: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path + PART, body, PRIVATE);
    await rename(path + PART, path);
    return true;
  } catch (cause) {
    await rm(path + PART, { force: true }).catch(() => {});
    throw cause;
  }
}
