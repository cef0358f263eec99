import { connect } from 'node:net';

/** An application of `bench/apps` and what its server may cost. */
export interface Workload {
  readonly name: string;
  readonly file: string;
  /** CPU per request with Firstlight over that of the bare application. */
  readonly budget?: number;
  /** Has a second server beside it, whose address it finds in `UPSTREAM`. */
  readonly upstream?: true;
  /** The port of a server that it talks to. */
  readonly needs?: { readonly server: string; readonly port: number };
}

export const workloads: readonly Workload[] = [
  { name: 'node:http', file: 'http.cjs', budget: 2.2 },
  { name: 'express', file: 'express.cjs', budget: 2 },
  { name: 'fastify, fetch and pino', file: 'fastify.cjs', upstream: true, budget: 1.3 },
  { name: 'express and pg', file: 'pg.cjs', needs: { server: 'PostgreSQL', port: 5432 } },
];

export async function isRunnable({ name, needs }: Workload): Promise<boolean> {
  if (needs === undefined || (await listens(needs.port))) return true;
  process.stdout.write(`${name}: skipped, no ${needs.server} on port ${needs.port}\n`);
  return false;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket.destroy() !== undefined)).once('error', () => resolve(false));
  });
}
