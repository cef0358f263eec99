/** Who may be of one group, and how a process says who it is. */
import type { IncomingHttpHeaders } from 'node:http';
import { PROTOCOL } from '../sharing.ts';

/** All of them are the same in a group, but for the last two. */
export interface Identity {
  readonly service: string;
  readonly version: string;
  /** `FIRSTLIGHT_INSTANCE_GROUP` */
  readonly group: string;
  /** -1 where there are none. */
  readonly uid: number;
  readonly firstlight: string;
  readonly pid: number;
  /** Of this process alone, for it may come back. */
  readonly id: string;
}

/** Who asks to become a member. */
export type Sibling = Identity & {
  /** The number that it had in the group. */
  readonly worker: number | undefined;
};

/** Characters of the header; Node takes 16 kB of all. */
const LONGEST = 8000;

/** The request with which a process asks to become a member. `worker`: the number that it had. */
export const request = (identity: Identity, port: number, worker: number | undefined): string =>
  `GET /group HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n` +
  `User-Agent: firstlight/${identity.firstlight}\r\n${PROTOCOL}: ${encodeURIComponent(JSON.stringify({ ...identity, worker }))}\r\n\r\n`;

export const ACCEPTED = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`;

/** Undefined: whoever that is does not say it in our way. */
export function identityIn(headers: IncomingHttpHeaders): Sibling | undefined {
  const text = headers[PROTOCOL];
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  return read(() => decodeURIComponent(text));
}

function read(text: () => string): Sibling | undefined {
  try {
    const given = JSON.parse(text()) as Readonly<Record<keyof Identity | 'worker', unknown>>;
    const { uid, pid, worker } = given;
    if (!Number.isSafeInteger(uid) || !Number.isSafeInteger(pid)) return undefined;
    return {
      service: String(given.service),
      version: String(given.version),
      group: String(given.group),
      firstlight: String(given.firstlight),
      id: String(given.id),
      uid: uid as number,
      pid: pid as number,
      worker: Number.isSafeInteger(worker) && Number(worker) >= 0 ? (worker as number) : undefined,
    };
  } catch {
    return undefined;
  }
}

/** What makes them strangers; undefined where they are siblings. */
export function difference(a: Identity, b: Identity): string | undefined {
  if (a.uid !== b.uid) return 'another user';
  if (a.service !== b.service) return 'another service';
  if (a.version !== b.version) return 'another version of the service';
  if (a.group !== b.group) return 'another FIRSTLIGHT_INSTANCE_GROUP';
  return a.firstlight === b.firstlight ? undefined : 'another version of Firstlight';
}

/** What a stranger on this host is told of whoever serves. */
export interface Refusal {
  readonly service: string;
  readonly version: string;
  readonly pid: number;
  readonly why: string;
}

export function refusalOf({ service, version, pid }: Identity, why: string): string {
  const body = `${JSON.stringify({ service, version, pid, why } satisfies Refusal)}\n`;
  return (
    `HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nServer: firstlight\r\n\r\n${body}`
  );
}

/** Undefined: the answer is not one of Firstlight's. */
export function refusalIn(answer: string): Refusal | undefined {
  if (!/^HTTP\/1\.1 409 [^]*\r\nServer: firstlight\r\n/.test(answer)) return undefined;
  try {
    const told = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Readonly<Record<keyof Refusal, unknown>>;
    return {
      service: String(told.service),
      version: String(told.version),
      pid: Number(told.pid),
      why: String(told.why),
    };
  } catch {
    return undefined;
  }
}
