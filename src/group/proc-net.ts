/**
 * Whose a TCP socket of this host is, as Linux tells in /proc/net. Elsewhere nothing is known. Read in pieces and not to
 * the end of a very long one: a host may have a million connections.
 */
import { endianness } from 'node:os';
import { inSlices } from './slices.ts';

export interface Owner {
  readonly uid: number;
  /** Names the socket in `/proc/<pid>/fd`. */
  readonly inode: string;
}

const ESTABLISHED = '01';
const LISTEN = '0A';
/** Bytes: of a table, and read at once. */
const LONGEST = 64 * 1024 * 1024;
const PIECE = 64 * 1024;

/** Of the socket at the other end of a connection: its own address is the connection's remote one. */
export function ownerOfPeer(remote: Address, local: Address): Promise<Owner | undefined> {
  const [from, to] = [hex(remote), hex(local)];
  if (from === undefined || to === undefined) return Promise.resolve(undefined);
  return find(
    from.length > 14 ? ['tcp6'] : ['tcp'],
    (fields) => fields[1] === from && fields[2] === to && fields[3] === ESTABLISHED,
  );
}

/** Of whoever listens on a port, on whatever address; the address asked for before any other. */
export async function ownerOfListener({ host, port }: Address): Promise<Owner | undefined> {
  const at = hex({ host, port });
  const suffix = portHex(port);
  const listens = (fields: readonly string[]): boolean => fields[3] === LISTEN;
  return (
    (await find(['tcp', 'tcp6'], (fields) => listens(fields) && fields[1] === at)) ??
    find(['tcp', 'tcp6'], (fields) => listens(fields) && fields[1]!.endsWith(suffix))
  );
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

function find(tables: readonly string[], matches: Matches): Promise<Owner | undefined> {
  return process.platform === 'linux' ? inSlices(findIn(tables, matches)) : Promise.resolve(undefined);
}

type Matches = (fields: readonly string[]) => boolean;

function* findIn(tables: readonly string[], matches: Matches): Generator<void, Owner | undefined> {
  for (const table of tables) {
    try {
      const fields = yield* search(`/proc/net/${table}`, matches);
      if (fields !== undefined) return { uid: Number(fields[7]), inode: fields[9] ?? '' };
    } catch {
      // No IPv6, or Node's `--permission` forbids to look.
    }
  }
  return undefined;
}

function* search(path: string, matches: Matches): Generator<void, readonly string[] | undefined> {
  const { openSync, readSync, closeSync } = process.getBuiltinModule('node:fs');
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    let rest = '';
    for (let read = 0; read < LONGEST;) {
      const size = readSync(file, piece);
      if (size === 0) return undefined;
      read += size;
      const lines = (rest + piece.toString('latin1', 0, size)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const fields = line.trim().split(/\s+/);
        if (matches(fields)) return fields;
      }
      yield;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

const portHex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** As the kernel prints it: words of 32 bits in the machine's order. Undefined: not an address. */
export function hex({ host, port }: Address): string | undefined {
  const { isIPv4, isIPv6 } = process.getBuiltinModule('node:net');
  const plain = host.replace(/^::ffff:(?=\d+\.)/i, '');
  const bytes = isIPv4(plain) ? plain.split('.').map(Number) : isIPv6(plain) ? bytesOf(plain) : undefined;
  if (bytes === undefined) return undefined;
  let text = '';
  for (let word = 0; word < bytes.length; word += 4) {
    const four = bytes.slice(word, word + 4);
    if (endianness() === 'LE') four.reverse();
    text += four.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
  }
  return text + portHex(port);
}

function bytesOf(address: string): number[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const words = (part: string): number[] => (part === '' ? [] : part.split(':').map((word) => parseInt(word, 16)));
  const [before, after] = [words(head), words(tail ?? '')];
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 255]);
}
