/**
 * What a visitor waits when requests come at a steady rate, whether or not the ones before are answered.
 *
 *   node bench/steady.ts PORT PATH RATE SECONDS   prints milliseconds: {"p50":…,"p99":…,"max":…,"failed":…}
 */
import { setTimeout as wait } from 'node:timers/promises';
import { openConnection, type Connection } from './connection.ts';

export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failed: number;
}

/** Milliseconds that answers may come after the last request. */
const LATE = 2000;

const [port = '', path = '', rate = '', seconds = ''] = process.argv.slice(2);
const total = Number(rate) * Number(seconds);
interface Visitor {
  readonly connection: Connection;
  /** When its request was due. */
  due: number;
}

const idle: Visitor[] = [];
const all: Visitor[] = [];
const latencies: number[] = [];
let failed = 0;

const start = performance.now();
for (let asked = 0; asked < total;) {
  // Counted from the time it was due: a server that stands still keeps those waiting who come meanwhile.
  for (let due; (due = start + (asked * 1000) / Number(rate)) <= performance.now() && asked < total; asked++) ask(due);
  await wait(1);
}
for (let waited = 0; latencies.length + failed < total && waited < LATE; waited += 50) await wait(50);
for (const { connection } of all) connection.end();

const sorted = latencies.toSorted((a, b) => a - b);
const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
const result: Latencies = { p50: at(0.5), p99: at(0.99), max: at(1), failed: total - latencies.length };
process.stdout.write(`${JSON.stringify(result)}\n`);

function ask(due: number): void {
  const visitor = idle.pop() ?? arrive();
  visitor.due = due;
  visitor.connection.ask();
}

function arrive(): Visitor {
  const answered = (ok: boolean): void => {
    if (ok) latencies.push(performance.now() - visitor.due);
    else failed++;
    idle.push(visitor);
  };
  const visitor: Visitor = { connection: openConnection(Number(port), path, answered), due: 0 };
  all.push(visitor);
  return visitor;
}
