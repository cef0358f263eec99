import { connect } from 'node:net';
import { test } from 'vitest';

/** The servers that tests talk to, where a developer's machine usually has them. */
const SERVERS = {
  PostgreSQL: 5432,
  MariaDB: 3306,
  Redis: 6379,
  RabbitMQ: 5672,
} as const;

export type Server = keyof typeof SERVERS;

/**
 * `test` where every named server answers. Where one does not, the test is listed as skipped by name, or fails when
 * `FIRSTLIGHT_TEST_SERVERS=required` says that all of them must be there.
 */
export async function testWith(...servers: readonly Server[]): Promise<typeof test | typeof test.skip> {
  const missing = await missingServers(servers);
  return whereNothingIsMissing(missing);
}

/** The same for programs: `promtool`, the back ends of test/backends. `present` tells which are there. */
export function testWithTools(present: Readonly<Record<string, boolean>>): typeof test | typeof test.skip {
  return whereNothingIsMissing(Object.keys(present).filter((name) => present[name] !== true));
}

function whereNothingIsMissing(missing: readonly string[]): typeof test | typeof test.skip {
  if (missing.length === 0) return test;
  if (process.env['FIRSTLIGHT_TEST_SERVERS'] === 'required') {
    throw new Error(`${missing.join(', ')} not found, and FIRSTLIGHT_TEST_SERVERS=required`);
  }
  return test.skip;
}

async function missingServers(servers: readonly Server[]): Promise<readonly Server[]> {
  const answers = await Promise.all(servers.map((server) => listens(SERVERS[server])));
  return servers.filter((_server, index) => answers[index] === false);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 2000 });
    const answer = (up: boolean): void => {
      socket.destroy();
      resolve(up);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}
