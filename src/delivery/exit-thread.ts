/**
 * The helper as a thread, where no process may be started. The main thread stands still while it waits, so outcomes come
 * by shared memory.
 */
import { Worker } from 'node:worker_threads';

export interface ThreadData {
  readonly cargo: Uint8Array;
  readonly slate: SharedArrayBuffer;
}

/** Of the slate: two numbers, the bytes written and whether all is told, and the text. */
const HEAD = 8;
/** Bytes for the line of one parcel; a reason is a sentence. */
const LINE = 1024;

/** Waits `timeout` milliseconds at the most and returns what was told. Throws where no thread may be started. */
export function sendByThread(
  helper: string,
  cargo: Uint8Array,
  env: Readonly<Record<string, string>>,
  parcels: number,
  timeout: number,
): string {
  const slate = new SharedArrayBuffer(HEAD + LINE * (parcels + 1));
  const numbers = new Int32Array(slate, 0, 2);
  const workerData: ThreadData = { cargo, slate };
  // Without flags: the helper must not be preloaded itself.
  const worker = new Worker(helper, {
    workerData,
    execArgv: [],
    env: { ...env },
    stdin: false,
    stdout: true,
    stderr: true,
  });
  worker.on('error', () => {}).unref();
  Atomics.wait(numbers, 1, 0, timeout);
  return Buffer.from(new Uint8Array(slate, HEAD, Atomics.load(numbers, 0))).toString();
}

/** The other side. */
export function openSlate(slate: SharedArrayBuffer): { write(line: string): void; done(): void } {
  const numbers = new Int32Array(slate, 0, 2);
  const text = new Uint8Array(slate, HEAD);
  return {
    write(line) {
      const at = Atomics.load(numbers, 0);
      const bytes = Buffer.from(line);
      if (at + bytes.length > text.length) return;
      text.set(bytes, at);
      Atomics.store(numbers, 0, at + bytes.length);
    },
    done() {
      Atomics.store(numbers, 1, 1);
      Atomics.notify(numbers, 1);
    },
  };
}
