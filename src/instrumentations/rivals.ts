import { takesOver } from '../coexistence.ts';

export interface Rivals {
  /** A file of this rival is about to run. */
  loads(name: string, parent: () => string | undefined): void;
  /** Somebody asks for this rival, which may have been loaded long ago. */
  isAskedFor(name: string, by: string | undefined): void;
}

/** A library may load a rival first, and the application ask for it later: then no file of it runs any more. */
export function watchRivals(takenOver: (name: string) => void): Rivals {
  const loaded = new Set<string>();
  /** Who asked for a rival; the application, if it did at all. */
  const askers = new Map<string, string | undefined>();
  return {
    loads(name, parent) {
      loaded.add(name);
      // A CommonJS file that an ES module imports has no parent.
      if (takesOver(name, () => parent() ?? askers.get(name))) takenOver(name);
    },
    isAskedFor(name, by) {
      const owns = takesOver(name, () => by);
      if (owns || !askers.has(name)) askers.set(name, by);
      // Asked for is not found: where it is not installed, the application goes on without it, and so do we.
      if (owns && loaded.has(name)) takenOver(name);
    },
  };
}
