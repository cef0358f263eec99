/** What dead processes of the same service have left in a spool belongs to whoever finds it first. */
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as diag from '../../diag.ts';
import { MARK, parseBodyName, PART, serviceOf, type BodyName } from './names.ts';
import { isAlive, type Identity } from './process-identity.ts';

/** The content of a mark. */
export interface Mark extends Identity {
  readonly service: string;
  readonly started: string;
}

export interface Legacy extends BodyName {
  readonly path: string;
  readonly size: number;
  /** Milliseconds since it was written. */
  readonly age: number;
}

interface HeirOptions {
  readonly folder: string;
  readonly owner: string;
  readonly identity: Identity;
  /** Milliseconds. */
  readonly maxAge: number;
  /** Says that this process lives. */
  readonly renew: (now: Date) => Promise<void>;
}

/** Bodies that are taken over in one look. */
const AT_ONCE = 200;
/** Milliseconds after which a mark that nobody renews is that of the dead, where they cannot be asked for. */
const STALE = 90_000;

type Look = (own: (name: BodyName) => string | undefined, take: (legacy: Legacy) => void) => Promise<number>;

/** One look: `own` gives a body that is wanted its new path. Resolves to the bytes that belong to others. */
export function createHeir({ folder, owner, identity, maxAge, renew }: HeirOptions): Look {
  const mark = join(folder, owner + MARK);
  return async (own, take) => {
    const now = new Date();
    await renew(now);
    const names = await readdir(folder);
    const living = new Set<string>();
    for (const name of names.filter((each) => each.endsWith(MARK))) {
      const other = name.slice(0, -MARK.length);
      const isOurs = serviceOf(other) === serviceOf(owner);
      if (!isOurs || (await lives(join(folder, name), identity, mark))) living.add(other);
    }
    let ofOthers = 0;
    let found = 0;
    let tooOld = 0;
    for (const file of names) {
      // The rest at the next look: a process that has nothing else to do waits for this one.
      if (found === AT_ONCE) break;
      const isPart = file.endsWith(PART);
      const name = parseBodyName(file.replace(/(?:\.now)?\.part$/, ''));
      if (name === undefined || name.owner === owner) continue;
      const path = join(folder, file);
      const { size, mtimeMs } = await stat(path).catch(() => ({ size: 0, mtimeMs: now.getTime() }));
      const age = now.getTime() - mtimeMs;
      const isOrphan = !living.has(name.owner) && serviceOf(name.owner) === serviceOf(owner);
      if (!isOrphan) ofOthers += size;
      else if (isPart || age > maxAge) {
        await rm(path, { force: true }).catch(() => {});
        if (!isPart) tooOld++;
      } else {
        const mine = own(name);
        if (mine === undefined || !(await claim(path, mine))) continue;
        found++;
        take({ ...name, path: mine, size, age });
      }
    }
    if (tooOld > 0)
      diag.warn(`${tooOld} requests in the spool ${folder} were too old (FIRSTLIGHT_SPOOL_MAX_AGE) and are removed`);
    if (found > 0) diag.warn(`sending ${found} requests that earlier processes left in the spool ${folder}`);
    return ofOthers;
  };
}

/** Removes the mark of one that has died, and says so. */
async function lives(path: string, self: Identity, mark: string): Promise<boolean> {
  try {
    const other = JSON.parse(await readFile(path, 'utf8')) as Mark;
    const alive = isAlive(other, self) ?? Date.now() - (await stat(path)).mtimeMs < STALE;
    if (alive || !(await claim(path, `${mark}.${other.pid}`))) return alive;
    await rm(`${mark}.${other.pid}`);
    diag.warn(
      `process ${other.pid} of ${other.service}, started ${other.started}, ended without an exit: ` +
        'killed, out of memory or aborted',
    );
    return false;
  } catch {
    // It ended in this moment, or another process has it.
    return false;
  }
}

/** Of several that want it one gets it. */
async function claim(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch {
    return false;
  }
}
