/** Connections of pools, read when somebody asks. A pool is not told that it is watched, and not kept alive by it. */
import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api';
import * as diag from '../diag.ts';
import type { Connections, Observed } from '../observed.ts';
import { observable } from './instrument.ts';

/** An application that makes a pool for each request has one more problem, but not this one. */
const MOST = 1000;

interface Watched {
  readonly pool: WeakRef<object>;
  readonly read: (pool: never) => Connections | undefined;
  /** The first that was told: that of a pool without a connection may be known no more. */
  name?: string | undefined;
}

interface States {
  readonly used: Attributes;
  readonly idle: Attributes;
}

/** All pools of one name. */
interface Totals {
  readonly attributes: Attributes;
  /** Of connections without a limit: of how full pools are they say nothing. */
  readonly unlimited: States;
  readonly limited: States;
  sums: { used: number; idle: number; max?: number; pending?: number };
}

export function createPools(meter: Meter): Observed['pool'] {
  const count = observable(meter, 'db.client.connection.count');
  const max = observable(meter, 'db.client.connection.max');
  const pending = observable(meter, 'db.client.connection.pending_requests');
  const known = new WeakSet<object>();
  const watched = new Set<Watched>();
  const byName = new Map<string, Totals>();

  const totalsOf = (name: string): Totals | undefined => {
    const totals = byName.get(name);
    if (totals !== undefined || byName.size >= MOST) return totals;
    const attributes = { 'db.client.connection.pool.name': name };
    const states = (more: Attributes): States => {
      const of = (state: string): Attributes => ({ ...attributes, 'db.client.connection.state': state, ...more });
      return { used: of('used'), idle: of('idle') };
    };
    const made = {
      attributes,
      unlimited: states({ 'db.client.connection.unlimited': true }),
      limited: states({}),
      sums: { used: 0, idle: 0 },
    };
    byName.set(name, made);
    return made;
  };

  const observe = (result: BatchObservableResult): void => {
    // What was told of once is told of as 0 when it is gone: a graph that falls to 0 says more than one that ends.
    for (const { sums } of byName.values()) for (const key of keysOf(sums)) sums[key] = 0;
    for (const entry of watched) {
      const pool = entry.pool.deref();
      if (pool === undefined) watched.delete(entry);
      else add(pool, entry, totalsOf);
    }
    for (const { attributes, unlimited, limited, sums } of byName.values()) {
      const { used, idle } = sums.max === undefined ? unlimited : limited;
      result.observe(count, sums.used, used);
      result.observe(count, sums.idle, idle);
      if (sums.max !== undefined) result.observe(max, sums.max, attributes);
      if (sums.pending !== undefined) result.observe(pending, sums.pending, attributes);
    }
  };
  meter.addBatchObservableCallback(observe, [count, max, pending]);

  return (pool, read) => {
    if (known.has(pool)) return;
    if (watched.size >= MOST) for (const entry of watched) if (entry.pool.deref() === undefined) watched.delete(entry);
    if (watched.size >= MOST) {
      diag.limited('pools', `more than ${MOST} pools of connections; those that are made now are not measured`);
      return;
    }
    known.add(pool);
    watched.add({ pool: new WeakRef(pool), read });
  };
}

function add(pool: object, entry: Watched, totalsOf: (name: string) => Totals | undefined): void {
  let read: Connections | undefined;
  try {
    read = entry.read(pool as never);
  } catch (cause) {
    diag.debug('a pool of connections could not be read', cause);
  }
  const name = (entry.name ??= read?.name);
  if (read === undefined || name === undefined) return;
  const totals = totalsOf(name);
  if (totals === undefined) return;
  for (const key of ['used', 'idle', 'max', 'pending'] as const) {
    const value = read[key];
    if (typeof value === 'number' && Number.isFinite(value)) totals.sums[key] = (totals.sums[key] ?? 0) + value;
  }
}

const keysOf = (sums: Totals['sums']): (keyof Totals['sums'])[] => Object.keys(sums) as (keyof Totals['sums'])[];
