/** A server in a process of its own, which tells what it has used. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { assertStarted, folderOf, peerEnv, type Peer } from './peers.ts';
import type { Workload } from './workloads.ts';

export interface State {
  readonly port: number;
  /** Microseconds of user and system time, of the whole process and of its main thread. */
  readonly cpu: number;
  readonly mainThread: number;
  /** Bytes. */
  readonly rss: number;
  readonly running: Peer['running'];
}

export interface Server {
  state(): Promise<State>;
  /** What the server answers to a message. */
  ask(message: string): Promise<unknown>;
  /** Sends this many requests, as fast as they are answered. */
  load(requests: number, connections?: number): Promise<void>;
  kill(): void;
}

interface More {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the workload with the peer; `more` comes on top of what the peer brings. */
export async function startServer(
  peer: Peer,
  workload: Workload,
  sinkUrl: string,
  { flags = [], env = {} }: More = {},
): Promise<Server> {
  const upstream = workload.upstream && (await startProcess({ cwd: import.meta.dirname }, ['apps/upstream.cjs']));
  const address = upstream ? { UPSTREAM: `http://127.0.0.1:${(await upstream.state()).port}` } : {};
  const server = await startProcess(
    { cwd: folderOf(peer), env: { ...peerEnv(sinkUrl), ...peer.env, ...env, ...address } },
    [...flags, ...peer.flags, join(import.meta.dirname, 'apps', workload.file)],
  );
  const kill = (): void => {
    server.kill();
    upstream?.kill();
  };
  try {
    assertStarted(peer, (await server.state()).running);
  } catch (cause) {
    kill();
    throw cause;
  }
  return { ...server, kill };
}

async function startProcess(
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string | undefined>> },
  args: readonly string[],
): Promise<Server> {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const stderr = text(child.stderr as NodeJS.ReadableStream);
  const ended = once(child, 'exit').then(async () => {
    throw new Error(`${args.join(' ')} ended:\n${await stderr}`);
  });
  // Told to whoever asks next.
  ended.catch(() => {});
  const ask = async (message: string): Promise<unknown> => {
    child.send(message);
    const [answer] = await Promise.race([once(child, 'message'), ended]);
    return answer;
  };
  const state = async (): Promise<State> => (await ask('state')) as State;
  const { port } = await state();
  return {
    state,
    ask,
    load: (requests, connections = 50) => load(port, requests, connections),
    kill: () => void child.kill('SIGKILL'),
  };
}

async function load(port: number, requests: number, connections: number): Promise<void> {
  const args = [join(import.meta.dirname, 'load.ts'), String(port), '/users/42', String(requests), String(connections)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  if (stdout.trim() !== '0') throw new Error(`${stdout.trim()} of ${requests} requests failed`);
}
