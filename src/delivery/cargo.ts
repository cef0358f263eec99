/**
 * What the application hands to the helper that sends at its end: a number of four bytes, as many bytes of JSON, and the
 * bodies, one behind the other.
 */
import type { Outcome } from './outcome.ts';
import type { Destination } from './transport.ts';

export interface Cargo {
  /** Milliseconds from the start of the helper until nobody waits any more. */
  readonly within: number;
  readonly parcels: readonly Parcel[];
}

interface Parcel {
  readonly to: Destination;
  readonly body: Uint8Array;
}

interface Manifest {
  readonly within: number;
  readonly destinations: readonly Destination[];
  /** Index of the destination, and bytes of the body. */
  readonly parcels: readonly (readonly [destination: number, size: number])[];
}

export function pack({ within, parcels }: Cargo): Buffer {
  const destinations = [...new Set(parcels.map(({ to }) => to))];
  const manifest: Manifest = {
    within,
    destinations,
    parcels: parcels.map(({ to, body }) => [destinations.indexOf(to), body.length]),
  };
  const head = Buffer.from(JSON.stringify(manifest));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...parcels.map(({ body }) => body)]);
}

export function unpack(cargo: Buffer): Cargo {
  let at = 4 + cargo.readUInt32LE();
  const manifest = JSON.parse(cargo.subarray(4, at).toString()) as Manifest;
  return {
    within: manifest.within,
    parcels: manifest.parcels.map(([destination, size]) => {
      const body = cargo.subarray(at, (at += size));
      return { to: manifest.destinations[destination] as Destination, body };
    }),
  };
}

/** The outcome of one parcel, as the helper tells it: one line each. */
export const tell = (index: number, outcome: Outcome): string => `${JSON.stringify([index, outcome])}\n`;

export function hear(told: string): Map<number, Outcome> {
  const outcomes = new Map<number, Outcome>();
  for (const line of told.split('\n')) {
    try {
      const [index, outcome] = JSON.parse(line) as [number, Outcome];
      outcomes.set(index, outcome);
    } catch {
      // The end of a helper that was stopped in the middle of a line.
    }
  }
  return outcomes;
}
