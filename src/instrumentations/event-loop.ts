/**
 * How the event loop has been within the last minute, the same for everybody who reads: a reader that reset what it has
 * read would hide it from the others.
 */
import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';

/** The windows overlap: the oldest, which is read, is between two and three steps old, or as old as the process. */
const WINDOWS = 3;
/** Milliseconds. */
const STEP = 30_000;
/** Milliseconds for which it is not looked at again: that takes two. */
const FRESH = 250;

export interface EventLoop {
  /** Undefined before the first sample. */
  delay(): Delay | undefined;
  /** The share of time in which it was busy; undefined before it has turned. */
  utilization(): number | undefined;
  /** Seconds, since the thread began. */
  time(): { readonly active: number; readonly idle: number };
  stop(): void;
}

/** Seconds by which a timer came late. */
export interface Delay {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const { eventLoopUtilization: utilizationOf } = performance;

/** `precision`: milliseconds between two samples. It samples natively, and keeps nothing alive. */
export function watchEventLoop(precision: number, step = STEP): EventLoop {
  const windows = Array.from({ length: WINDOWS }, () => ({
    delays: monitorEventLoopDelay({ resolution: precision }),
    since: utilizationOf(),
  }));
  // Together, and never started again: their timers then fire as one, and the process wakes up no more than for one.
  for (const { delays } of windows) delays.enable();
  const timer = setInterval(() => {
    const { delays } = oldest();
    delays.reset();
    windows.push({ delays, since: utilizationOf() });
    windows.shift();
  }, step).unref();
  const oldest = (): Window => windows[0] as Window;
  let known: Delay | undefined;
  let knownAt = 0;

  return {
    delay() {
      const now = performance.now();
      if (known === undefined || now - knownAt > FRESH) {
        known = delayOf(oldest().delays, precision);
        knownAt = now;
      }
      return known;
    },
    utilization() {
      const { utilization } = utilizationOf(utilizationOf(), oldest().since);
      return Number.isFinite(utilization) ? utilization : undefined;
    },
    time() {
      const { active, idle } = utilizationOf();
      return { active: active / 1000, idle: idle / 1000 };
    },
    stop() {
      clearInterval(timer);
      for (const { delays } of windows) delays.disable();
    },
  };
}

type Delays = ReturnType<typeof monitorEventLoopDelay>;

interface Window {
  readonly delays: Delays;
  /** Of the thread, when the window was opened. */
  readonly since: EventLoopUtilization;
}

/** Node measures from one sample to the next, in nanoseconds: what the timer waits anyway is no delay. */
function delayOf(delays: Delays, precision: number): Delay | undefined {
  if (delays.count === 0) return undefined;
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - precision / 1e3);
  return {
    min: late(delays.min),
    max: late(delays.max),
    mean: late(delays.mean),
    stddev: delays.stddev / 1e9,
    p50: late(delays.percentile(50)),
    p90: late(delays.percentile(90)),
    p99: late(delays.percentile(99)),
  };
}
