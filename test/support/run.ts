import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository, without a slash at the end. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const register = `${root}/register.js`;

export interface RunOptions {
  /** Added to an environment that holds PATH and HOME alone; undefined leaves a name out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** The Node that runs it; default: the one that runs the tests. */
  readonly node?: string;
  /** Flags before the script; default: `--import` of the built preload. */
  readonly flags?: readonly string[];
  /** Milliseconds before the child is killed and the run rejects. */
  readonly timeout?: number;
  /** Null: left open, for whoever writes to `child.stdin`. */
  readonly stdin?: string | null;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines that Firstlight wrote. */
  readonly diagnostics: readonly string[];
}

export interface Started {
  readonly child: ChildProcess;
  /** Resolves with the first match on stdout; rejects when the child ends or the timeout passes before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  readonly finished: Promise<Finished>;
}

/** Runs `node <flags> <args>` to its end. */
export const run = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  start(args, options).finished;

/** Starts `node <flags> <args>` and leaves it running until it ends or the timeout passes. */
export function start(args: readonly string[], options: RunOptions = {}): Started {
  const { env = {}, flags = ['--import', register], timeout = 30_000 } = options;
  const child = spawn(options.node ?? process.execPath, [...flags, ...args], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {});
  if (options.stdin !== null) child.stdin.end(options.stdin ?? '');
  const finished = new Promise<Finished>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`still running after ${timeout} ms: ${args.join(' ')}\n${stdout}\n${stderr}`));
    }, timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      const diagnostics = stderr.split('\n').filter((line) => line.startsWith('firstlight: '));
      resolve({ code, signal, stdout, stderr, diagnostics });
    });
  });
  // Whoever only waits for output is told there; an unhandled rejection would end the test run instead.
  finished.catch(() => {});
  const waitFor = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(stdout);
        if (match !== null) resolve(match);
      };
      child.stdout.on('data', look);
      look();
      finished.then(
        (end) => reject(new Error(`ended (${end.code ?? end.signal}) before ${pattern}: ${end.stdout}\n${end.stderr}`)),
        reject,
      );
    });
  return { child, waitFor, finished };
}
