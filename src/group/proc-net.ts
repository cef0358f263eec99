/**
 * Whose a TCP socket of this host is, as Linux tells in /proc/net. Elsewhere nothing is known. Read in pieces and not to
 * the end of a very long one: a host may have a million connections.
 */
import { endianness } from 'node:os';
import { sliced } from '../sliced.ts';

export interface Owner {
  readonly uid: number;
  /** Names the socket in `/proc/<pid>/fd`. */
  readonly inode: string;
}

/** Bytes: of a table, and read at once. */
const LONGEST = 64 * 1024 * 1024;
const PIECE = 64 * 1024;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Of the socket at the other end of a connection: its own address is the connection's remote one. */
export async function ownerOfPeer(remote: Address, local: Address): Promise<Owner | undefined> {
  const [from, to] = [hex(remote), hex(local)];
  if (from === undefined || to === undefined) return undefined;
  return find(from.length > V4.length ? 'tcp6' : 'tcp', ` ${from} ${to} 01 `);
}

/** Of whoever listens on a port; on the address asked for before any other. */
export async function ownerOfListener({ host, port }: Address): Promise<Owner | undefined> {
  const at = hex({ host, port });
  const anyPeer = (address: string): string => `${address} ${V4} 0A `;
  const anyPeer6 = (address: string): string => `${address} ${V6} 0A `;
  return (
    (at && (await find('tcp', anyPeer(at)))) ||
    (at && (await find('tcp6', anyPeer6(at)))) ||
    (await find('tcp', anyPeer(portHex(port)))) ||
    (await find('tcp6', anyPeer6(portHex(port))))
  );
}

/** Nobody in particular, as each table has it. */
const V4 = '00000000:0000';
const V6 = `${'0'.repeat(32)}:0000`;

interface Wanted {
  readonly text: string;
  readonly found: (owner: Owner | undefined) => void;
}

/** Those that wait for a table to be read: to read one takes ten milliseconds and more, and a whole cluster comes at once. */
const waiting: Record<'tcp' | 'tcp6', Wanted[]> = { tcp: [], tcp6: [] };

/** Of the first line that contains this text. */
function find(table: 'tcp' | 'tcp6', text: string): Promise<Owner | undefined> {
  if (process.platform !== 'linux') return Promise.resolve(undefined);
  return new Promise((found) => {
    if (waiting[table].push({ text, found }) === 1) void readFor(table);
  });
}

async function readFor(table: 'tcp' | 'tcp6'): Promise<void> {
  // Who comes while it is read waits for the next time: the line may have come with it.
  const wanted = [...waiting[table]];
  await sliced(search(`/proc/net/${table}`, wanted)).catch(() => {
    // No IPv6, or Node's `--permission` forbids to look.
  });
  waiting[table].splice(0, wanted.length);
  for (const { found } of wanted) found(undefined);
  if (waiting[table].length > 0) void readFor(table);
}

function* search(path: string, wanted: readonly Wanted[]): Generator<void, void> {
  const { openSync, readSync, closeSync } = process.getBuiltinModule('node:fs');
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    let rest = '';
    for (let read = 0; read < LONGEST;) {
      const size = readSync(file, piece);
      if (size === 0) return;
      read += size;
      const lines = rest + piece.toString('latin1', 0, size);
      const end = lines.lastIndexOf('\n');
      rest = lines.slice(end + 1);
      for (const { text, found } of wanted) {
        const at = lines.indexOf(text);
        // The first one counts.
        if (at >= 0 && at < end) found(ownerIn(lines.slice(lines.lastIndexOf('\n', at) + 1, lines.indexOf('\n', at))));
      }
      yield;
    }
  } finally {
    closeSync(file);
  }
}

function ownerIn(line: string): Owner {
  const fields = line.trim().split(/\s+/);
  return { uid: Number(fields[7]), inode: fields[9] ?? '' };
}

const portHex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;

/** As the kernel prints it: words of 32 bits in the machine's order. Undefined: not an address. */
function hex({ host, port }: Address): string | undefined {
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
