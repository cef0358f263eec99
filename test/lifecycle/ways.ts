/** The ways in which a process ends, and what it has made until then. */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedApp } from '../support/install.ts';

export interface Way {
  readonly name: string;
  /** The script below `fixtures/`, and its arguments. */
  readonly args: readonly string[];
  /** The application has been installed elsewhere, and the script lies there. */
  readonly app?: string;
  /** What starts Node: a program, and what stands between it and the path of Node. */
  readonly under?: readonly string[];
  /** Signals, each sent when a line is there, or so many ms after the one before. */
  readonly signals?: readonly { readonly after: string | number; readonly signal: NodeJS.Signals }[];
  /** Who gets the signals; default: the process that was started. */
  readonly target?: 'its child' | 'its group';
  /** Paths of the requests that were answered. */
  readonly requests: readonly string[];
  /** The work that was done, by name. */
  readonly work: readonly string[];
  /** Work that is counted: worker threads have no metrics. Default: all of it. */
  readonly counted?: number;
  /** Several processes write, in an order of their own. */
  readonly several?: boolean;
  /** Something is on its way when the process ends. Whether it arrives nobody knows by then, so it is sent again. */
  readonly again?: boolean;
  /** What is thrown comes from where Node loads modules, which takes other turns where somebody looks on. */
  readonly hooked?: boolean;
}

export const fixtures = join(import.meta.dirname, 'fixtures');

const upTo = (count: number, name: string): string[] => Array.from({ length: count }, (_, n) => `${name}${n + 1}`);

type Rest = Omit<Partial<Way>, 'name' | 'args' | 'work'> & {
  /** Work beside that of the requests. */
  readonly more?: readonly string[];
};

/** The server of `fixtures/server.cjs`. */
const server = (name: string, way: string, { more = [], requests = [], ...rest }: Rest = {}): Way => ({
  name,
  args: ['server.cjs', way],
  requests: [...upTo(20, '/request/'), ...requests],
  work: [...upTo(20, 'request '), ...more],
  ...rest,
});

const script = (
  name: string,
  args: readonly string[],
  work: readonly string[],
  rest: Omit<Partial<Way>, 'name' | 'args' | 'work'> = {},
): Way => ({ name, args, requests: [], work, ...rest });

const signalled = (signal: NodeJS.Signals, after: string | number = 'ending') => ({ signals: [{ after, signal }] });

/** The program that was started ends by itself. */
export const byItself: readonly Way[] = [
  server('natural end', 'natural'),
  server('natural end with an exit code', 'exit-code'),
  server('process.exit', 'exit'),
  server('process.exit in a handler', 'exit-in-handler'),
  server('process.exit in beforeExit', 'exit-in-beforeExit'),
  server('process.exit in the last exit listener', 'exit-in-exit', { more: ['exit 3'] }),
  server('natural end, process.exit in the last exit listener', 'exit-in-exit-natural', { more: ['exit'] }),
  server('work in exit listeners', 'work-in-exit', { more: ['exit 2', 'exit 1'] }),
  server('throw in an exit listener', 'throw-in-exit', { more: ['exit'] }),
  server('uncaughtException', 'uncaught'),
  server('uncaughtException, work in an exit listener', 'uncaught-with-work', { more: ['exit 1'] }),
  server('uncaughtException that is handled', 'uncaught-handled'),
  server('uncaughtException that is handled by process.exit', 'uncaught-handled-exit', {
    more: ['handled uncaughtException'],
  }),
  server('unhandledRejection', 'rejection'),
  server('unhandledRejection that is handled', 'rejection-handled'),
  server('an exception that is captured', 'capture-callback'),
  server('exit listeners removed, process.exit', 'remove-exit-listeners'),
  server('all listeners removed, natural end', 'remove-listeners'),
  server('signals emitted by hand', 'emit-by-hand'),
  server('exit emitted by hand', 'exit-by-hand', { more: ['after exit'] }),
  server('process.kill of itself', 'kill-itself'),
  script('beforeExit with work left', ['before-exit.cjs'], ['start', ...upTo(3, 'after announcement '), 'exit']),
  script('top-level await that never settles', ['unsettled.mjs'], ['start']),
  script('main module that cannot be loaded', ['broken.cjs'], ['start'], { hooked: true }),
  script('main ES module that cannot be loaded', ['broken.mjs'], ['start'], { hooked: true }),
];

export const bySignal: readonly Way[] = [
  server('SIGTERM', 'signal', signalled('SIGTERM')),
  server('SIGINT', 'signal', signalled('SIGINT')),
  server('SIGHUP', 'signal', signalled('SIGHUP')),
  server('SIGUSR2', 'signal', signalled('SIGUSR2')),
  server('SIGTERM, handler exits', 'signal-exits', signalled('SIGTERM')),
  server('SIGTERM, handler works and exits', 'signal-works-and-exits', {
    ...signalled('SIGTERM'),
    more: ['handler of SIGTERM'],
    again: true,
  }),
  server('SIGTERM, 5 requests in flight, server.close', 'signal-graceful', {
    ...signalled('SIGTERM', 'in flight'),
    requests: upTo(5, '/slow/'),
    more: upTo(5, 'slow '),
  }),
  server('SIGTERM twice, handled once', 'signal-once', {
    signals: [
      { after: 'ending', signal: 'SIGTERM' },
      { after: 'first', signal: 'SIGTERM' },
    ],
  }),
  server('SIGTERM that is ignored', 'signal-ignored', { ...signalled('SIGTERM'), more: ['after the signal'] }),
  server('SIGTERM, all handlers removed', 'signal-removed', signalled('SIGTERM')),
  server('SIGTERM, handler removed', 'signal-removed-one', signalled('SIGTERM')),
  server('SIGTERM, handler raises it again', 'signal-raised', {
    ...signalled('SIGTERM'),
    more: ['handler of SIGTERM'],
  }),
  server('SIGINT to the group, as by Ctrl+C', 'signal', {
    ...signalled('SIGINT'),
    under: ['setsid'],
    target: 'its group',
  }),
];

const tini = [process.execPath, join(fixtures, 'parent.cjs')];
const shell = ['sh', '-c', '"$@"; code=$?; echo "the shell saw $code"; exit $code', 'sh'];

export const underParents: readonly Way[] = [
  server('under a parent that passes signals on: process.exit', 'exit', { under: tini }),
  server('under a parent that passes signals on: SIGTERM', 'signal', { ...signalled('SIGTERM'), under: tini }),
  server('under a parent that passes signals on: graceful', 'signal-graceful', {
    ...signalled('SIGTERM', 'in flight'),
    under: tini,
    requests: upTo(5, '/slow/'),
    more: upTo(5, 'slow '),
  }),
  server('under a shell: process.exit', 'exit', { under: shell }),
  server('under a shell: uncaughtException', 'uncaught', { under: shell }),
  server('under a shell: kill of itself', 'kill-itself', { under: shell }),
];

/** Makes what it starts PID 1. */
const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
const pid1 = {
  under: unshare,
  target: 'its child',
} as const;

/** Whether that is permitted here. */
export const mayBePid1 = spawnSync(unshare[0] as string, [...unshare.slice(1), 'true']).status === 0;

/** What a container without an init makes of a process: signals without a handler do not end it. */
export const asPid1: readonly Way[] = [
  server('as PID 1: natural end', 'natural', pid1),
  server('as PID 1: process.exit', 'exit', pid1),
  server('as PID 1: SIGTERM, handler exits', 'signal-exits', { ...pid1, ...signalled('SIGTERM') }),
  server('as PID 1: SIGTERM without effect, then SIGKILL', 'signal', {
    ...pid1,
    signals: [
      { after: 'ending', signal: 'SIGTERM' },
      { after: 4000, signal: 'SIGKILL' },
    ],
  }),
];

const several = { several: true };
const WORKERS = ['itself', 'exits', 'throws'];

export const ofSeveral: readonly Way[] = [
  script('three forked children', ['forks.cjs'], ['disconnected', 'exits', 'killed', 'parent'], several),
  script('a forked child that never listens', ['silent-child.cjs'], ['child', 'parent'], several),
  ...['natural', 'exit'].map((how) =>
    script(`worker threads that end, then: ${how}`, ['workers.cjs', how, ...WORKERS], [...WORKERS, 'main'], {
      counted: 1,
      ...several,
    }),
  ),
  // What it made in its last turn is lost.
  script('worker thread that is terminated', ['workers.cjs', 'natural', 'terminated'], ['terminated', 'main'], {
    counted: 1,
    ...several,
  }),
  script('process.exit above a living worker thread', ['exits-above-worker.cjs'], ['worker', 'main'], {
    counted: 1,
    ...several,
  }),
  ...['disconnect', 'kill', 'exit'].map((way) =>
    script(`cluster of four: ${way}`, ['cluster.cjs', way], upTo(20, 'request '), {
      requests: upTo(20, '/request/'),
      ...several,
    }),
  ),
];

/** The folder of `apps/signal-exit`, installed, which `byLibrary` needs. */
export async function installedLibraries(): Promise<string> {
  const app = await installedApp(join(import.meta.dirname, 'apps/signal-exit'));
  copyFileSync(join(fixtures, 'work.cjs'), join(app, 'work.cjs'));
  return app;
}

/** `app` is that folder. */
export function byLibrary(app: string): readonly Way[] {
  const way = (library: string, how: string, told: readonly string[], signals = {}): Way =>
    script(`${library}: ${how}`, ['app.cjs', library, how], ['start', ...told], { app, ...signals });
  const both = (what: string): string[] => [`signal-exit-3 told of ${what}`, `signal-exit-4 told of ${what}`];
  const heard = signalled('SIGTERM');
  return [
    ...['signal-exit-3', 'signal-exit-4'].flatMap((library) => [
      way(library, 'natural', [`${library} told of 0`]),
      way(library, 'exit', [`${library} told of 3`]),
      way(library, 'throw', [`${library} told of 1`]),
      way(library, 'signal', [`${library} told of SIGTERM`], heard),
    ]),
    way('both', 'exit', both('3')),
    way('both', 'signal', both('SIGTERM'), heard),
    way('close-with-grace', 'exit', []),
    way('close-with-grace', 'throw', ['close-with-grace told of Error: thrown', 'closed']),
    way('close-with-grace', 'signal', ['close-with-grace told of SIGTERM', 'closed'], { ...heard, again: true }),
  ];
}
