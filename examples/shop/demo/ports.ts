import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export interface Port {
  /** 0: any. */
  readonly wanted: number;
  readonly port: number;
}

/** The same names, none of them with a wish. */
export const free = <Ports extends Record<string, number>>(ports: Ports): Record<keyof Ports, number> =>
  Object.fromEntries(Object.keys(ports).map((name) => [name, 0])) as Record<keyof Ports, number>;

/** The wanted ports, or free ones in place of those that are taken. */
export async function choosePorts<Name extends string>(wanted: Record<Name, number>): Promise<Record<Name, Port>> {
  const chosen = {} as Record<Name, Port>;
  // All are held until all are chosen, so that they differ.
  const held = [];
  for (const name of Object.keys(wanted) as Name[]) {
    const server = (await hold(wanted[name])) ?? (await hold(0));
    if (server === undefined) throw new Error('no free port on 127.0.0.1');
    held.push(server);
    chosen[name] = { wanted: wanted[name], port: (server.address() as AddressInfo).port };
  }
  await Promise.all(held.map((server) => once(server.close(), 'close')));
  return chosen;
}

async function hold(port: number) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}
