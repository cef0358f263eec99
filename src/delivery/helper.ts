/**
 * The helper: a process of its own (or, where none may be started, a thread) that sends what an application could not send
 * before its end. A process gets its cargo on stdin, credentials included, and tells the outcomes on stdout.
 */
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';
import { loadChunk } from '../chunk.ts';
import { tell, unpack } from './cargo.ts';
import { openSlate, type ThreadData } from './exit-thread.ts';
import { sendAll } from './send-all.ts';
import { createHttpTransport } from './transport-http.ts';
import type { Destination, Transport } from './transport.ts';

function connect(to: Destination, timeout: number): Transport {
  if (to.plan.protocol !== 'grpc') return createHttpTransport(to, timeout);
  return loadChunk<typeof import('./transport-grpc.ts')>('transport-grpc').createGrpcTransport(to, timeout);
}

function run(cargo: Buffer, write: (line: string) => void, done: () => void): void {
  const { within, parcels } = unpack(cargo);
  // Sockets and timers of transports hold no process, here something must.
  const clock = setTimeout(done, Math.max(within - performance.now(), 0));
  void sendAll({ within, parcels }, connect, (index, outcome) => write(tell(index, outcome))).finally(() => {
    clearTimeout(clock);
    done();
  });
}

if (isMainThread) {
  run(
    readFileSync(0),
    (line) => {
      try {
        writeSync(1, line);
      } catch {
        // Whoever was to hear it is gone; what is left is sent all the same.
      }
    },
    () => process.exit(0),
  );
} else {
  const { cargo, slate } = workerData as ThreadData;
  const { write, done } = openSlate(slate);
  run(Buffer.from(cargo.buffer, cargo.byteOffset, cargo.byteLength), write, done);
}
