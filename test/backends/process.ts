/** Programs that tests start beside the application, and end with the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../support/free-port.ts';

/** Milliseconds that a back end may take to answer. */
const READY_WITHIN = 30_000;
/** Characters of a back end's output that an error shows. */
const TAIL = 4_000;
/** The file that a back end finds in its working directory. */
export const CONFIG = 'config.yaml';

/**
 * Ends the back end and removes its directory when standard input closes: by `stop()`, or because the test's process or
 * thread was killed, of which no hook within that process would know.
 */
const LEASH = `
  exec 3<&0
  "$0" "$@" 3<&- & backend=$!
  { read -r _ <&3; kill $backend; sleep 5; kill -9 $backend; } >/dev/null 2>&1 & leash=$!
  wait $backend; code=$?
  kill $leash
  rm -rf "$PWD"
  exit $code
`;

export interface Backend {
  /** Ends the process and removes its files; the Collector first sends what it holds. */
  stop: () => Promise<void>;
}

interface Plan {
  /** Written as JSON, which is YAML. */
  config?: object;
  args: string[];
  /** Each has to answer without an error of the server. */
  ready: string[];
}

export async function start(
  name: string,
  file: string,
  portCount: number,
  plan: (ports: number[]) => Plan,
): Promise<{ ports: number[]; stop: () => Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(portCount);
    const { config = {}, args, ready } = plan(ports);
    const dir = await mkdtemp(join(tmpdir(), `firstlight-${name}-`));
    await writeFile(join(dir, CONFIG), JSON.stringify(config));

    // No environment: what a test sets for its application is not meant for the back end.
    const child = spawn('/bin/sh', ['-c', LEASH, file, ...args], { cwd: dir, env: {} });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-TAIL)));
    }
    const closed = new Promise((done) => child.once('close', done));
    const stop = async () => {
      child.stdin.end();
      await closed;
    };

    try {
      await whenReady(child, ready);
      return { ports, stop };
    } catch (cause) {
      await stop();
      // Between our look and its start another process may have taken one of the ports.
      if (attempt < 3 && output.includes('address already in use')) continue;
      throw new Error(`${name} ${(cause as Error).message}; its output ends with:\n${output}`, { cause });
    }
  }
}

async function whenReady(child: ChildProcess, urls: string[]): Promise<void> {
  const deadline = Date.now() + READY_WITHIN;
  for (const url of urls) {
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it was ready`);
      if (Date.now() > deadline) throw new Error(`was not ready within ${READY_WITHIN} ms`);
      await sleep(50);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}
