/**
 * The running Firstlight of this thread. It hangs on a global symbol, not on a module variable: the application may
 * import another copy of the package than the one that was preloaded, and both must mean the same instance.
 */
const KEY = Symbol.for('firstlight');

export interface Instance {
  readonly version: string;
  /** Sends what is pending; resolves when it is delivered, given up, or the deadline has passed. Never rejects. */
  flush(): Promise<void>;
  status(): Status;
  /** As src/index.ts has it, for arguments of any kind. */
  registerQueue(name: unknown, depth: unknown): () => void;
  /** As src/index.ts has it, for an argument of any kind. */
  markActiveUser(id: unknown): void;
}

export interface Status {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** Seconds since this Firstlight started. */
  readonly uptime: number;
  readonly service: { readonly name: string; readonly version?: string };
  /** Where `/metrics` and the other admin routes are, or undefined where nothing listens. */
  readonly admin?: string;
  /** `protocol endpoint` for each place a signal goes to, without credentials; empty where it goes nowhere. */
  readonly signals: Readonly<Record<'traces' | 'metrics' | 'logs', readonly string[]>>;
  /** What became of spans, log records and data points of metrics; one entry for each place a signal goes to. */
  readonly delivery: Accounts;
  /** The instrumentations loaded so far: a library is instrumented when the application first loads it. */
  readonly instrumentations: readonly string[];
  readonly problems: readonly string[];
  /** Without secrets, by variable; what a file describes by its place in the pipeline. */
  readonly settings: Readonly<Record<string, { readonly value: string; readonly origin: string }>>;
}

export type Accounts = Readonly<Record<'traces' | 'metrics' | 'logs', readonly Account[]>>;

/** In items: ended = delivered + queued + all that was dropped. */
export interface Account {
  readonly destination: string;
  readonly ended: number;
  readonly delivered: number;
  readonly queued: number;
  /** By reason: `queue_full`, `encoding_failed`, `already_shutdown`, `rejected`, `expired`, `spool_lost`, `exit`. */
  readonly dropped: Readonly<Record<string, number>>;
}

const holder = globalThis as { [KEY]?: Instance };

export function running(): Instance | undefined {
  return holder[KEY];
}

export function setRunning(instance: Instance | undefined): void {
  if (instance === undefined) delete holder[KEY];
  else Object.defineProperty(holder, KEY, { value: instance, configurable: true, enumerable: false });
}
