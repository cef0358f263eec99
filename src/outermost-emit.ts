export type Emit = (this: unknown, event: string, ...details: readonly unknown[]) => boolean;
const host = process as unknown as { emit: Emit };

type Around = (event: string, details: readonly unknown[], emit: () => boolean) => boolean;

/**
 * `around` is called for every event, outside of whoever wraps `process.emit` later: signal-exit does, and runs its
 * callbacks after the listeners of `exit`. Whoever reads it gets a function that runs `around` only while nobody has
 * wrapped it.
 */
export function outermostEmit(around: Around) {
  const before = Object.getOwnPropertyDescriptor(host, 'emit');
  const layers = new WeakSet<Emit>();
  const wrap = (inner: Emit): Emit => {
    const layer: Emit = function (this: unknown, event, ...details) {
      const emit = (): boolean => inner.call(this, event, ...details);
      return layer === outermost ? around(event, details, emit) : emit();
    };
    layers.add(layer);
    return layer;
  };
  let outermost = wrap(host.emit);
  const first = outermost;
  let instead: Emit | undefined;
  Object.defineProperty(host, 'emit', {
    configurable: true,
    enumerable: false,
    get: () => instead ?? outermost,
    // One of ours: somebody has taken a wrapper off again.
    set(emit: Emit) {
      outermost = layers.has(emit) ? emit : wrap(emit);
    },
  });
  return {
    /** While `run` runs, `process.emit` is `emit`. */
    being(emit: Emit, run: () => void): void {
      instead = emit;
      try {
        run();
      } finally {
        instead = undefined;
      }
    },
    /** Where others have wrapped it, it must stay. */
    restore(): void {
      if (outermost !== first) return;
      if (before === undefined) delete (host as { emit?: Emit }).emit;
      else Object.defineProperty(host, 'emit', before);
    },
  };
}
