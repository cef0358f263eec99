/** Runs an application once, from its start over all that it is asked to the signal that ends it. */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { start, type RunOptions } from '../support/run.ts';
import { answerTo } from './answer.ts';
import type { Application } from './application.ts';

export interface Driven {
  readonly answers: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from the signal to the end. */
  readonly ending: number;
}

/** The same for all runs that are compared, as some print it. */
export interface Place {
  /** Where the application is installed. */
  readonly folder: string;
  /** Its working directory, made anew for every run. */
  readonly cwd: string;
  readonly port: number;
}

/** Milliseconds that the last log line may take, and a span too many. */
const LATE = 500;

/** Who asks: the parent of every server span. */
export const ASKER = '00f067aa0ba902b7';
export const traceOf = (index: number): string => (index + 1).toString(16).padStart(32, '0');

export async function drive(
  application: Application,
  { folder, cwd, port }: Place,
  options: RunOptions,
  arrived: () => Promise<void> = async () => {},
): Promise<Driven> {
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  if (existsSync(join(folder, 'files')))
    cpSync(join(folder, 'files'), cwd, { recursive: true, preserveTimestamps: true });
  const modules = join(folder, 'node_modules');
  const [entry = '', ...args] = application.start(port, modules);
  // In production stack traces are not part of answers.
  const env = { NODE_ENV: 'production', ...application.env?.(port), ...options.env };
  const started = start([join(modules, entry), ...args], { ...options, cwd, env, timeout: 60_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await started.waitFor(application.ready);
    const { child } = started;
    while (child.exitCode === null && child.signalCode === null && !(await accepts(port)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const answers = [];
    for (const [index, ask] of application.requests.entries()) {
      const answer = answerTo(ask, port, agent, `00-${traceOf(index)}-${ASKER}-01`);
      answers.push(
        await answer.catch((cause: unknown) => {
          throw new Error(`request ${index}, ${ask.path}`, { cause });
        }),
      );
    }
    agent.destroy();
    await arrived();
    await new Promise((resolve) => setTimeout(resolve, LATE));
    const signalled = performance.now();
    started.child.kill('SIGTERM');
    const { stdout, stderr, code, signal } = await started.finished;
    const masked = (text: string): string => maskedText(text, application.random);
    return {
      answers: answers.map(masked),
      stdout: sortedLines(masked(stdout)),
      stderr: sortedLines(masked(stderr)),
      code,
      signal,
      ending: performance.now() - signalled,
    };
  } finally {
    agent.destroy();
    started.child.kill('SIGKILL');
  }
}

/** What Firstlight adds to a record of a logger. */
const TRACE = /"trace_id":"[\da-f]{32}","span_id":"[\da-f]{16}","trace_flags":"\d\d",/g;

const RANDOM = [
  /^date: .*$/gim,
  /\(node:\d+\)/g,
  // Times as logs have them, and how long something took.
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g,
  /\d+:\d\d:\d\d [AP]M/g,
  /\d+(\.\d+)? ?ms\b/g,
  // The frames of a stack trace are others where something is wrapped.
  /^ +at .*\n/gm,
];

/** What ends first of two things at once is a matter of microseconds. */
const sortedLines = (text: string): string => text.split('\n').toSorted().join('\n');

function maskedText(text: string, random: readonly RegExp[] = []): string {
  return [...RANDOM, ...random].reduce((left, pattern) => left.replace(pattern, '…'), text.replace(TRACE, ''));
}

/** Some say that they are ready a moment before they listen. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false)).once('connect', () => resolve(socket.destroy() === socket));
  });
}
