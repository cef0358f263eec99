import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Service {
  readonly name: string;
  /** Asks it to end, as an orchestrator does; resolves when it has, or was killed after 10 s. */
  stop(): Promise<void>;
}

interface ServicePlan {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Milliseconds to start and to stop; PGlite needs seconds on a small machine. */
const START_WITHIN = 60_000;
const STOP_WITHIN = 10_000;
/** Characters of a service's output that are kept for the error message. */
const TAIL = 4_000;

/**
 * Starts a Node process and waits until it says that it listens. What it writes to stderr goes on to ours, what it
 * logs to stdout is shown only if it does not start.
 */
export async function startService({ name, args, env }: ServicePlan): Promise<Service> {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const listening = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-TAIL);
      if (/listening/i.test(output)) resolve();
    });
    closed.then(() => reject(new Error(`${name} ended before it listened:\n${output}`)), reject);
    setTimeout(
      () => reject(new Error(`${name} does not listen after ${START_WITHIN} ms:\n${output}`)),
      START_WITHIN,
    ).unref();
  });
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const kill = setTimeout(end, STOP_WITHIN);
    await closed;
    clearTimeout(kill);
    process.off('exit', end);
  };
  await listening.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { name, stop };
}
