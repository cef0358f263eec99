/** A process that another one serves for: it is asked, and answers. */
import { ROOT_CONTEXT, context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { Socket } from 'node:net';
import * as diag from '../diag.ts';
import { createReader, decode, frame, MAX_CONTENT, megabytes, message, type Kind, type Messages } from './frames.ts';
import type { LegacyKeeper } from './legacy-keeper.ts';
import { refusalIn, request, type Identity, type Refusal } from './identity.ts';
import type { Own, OwnValues } from './own.ts';
import { pack } from './pack.ts';

export interface Member {
  /** The server lets go of the port for good, for the application of this process wants it. Synchronous; it may be busy. */
  letGo(): void;
  /** Sends what there is; synchronous. */
  lastWords(): void;
  close(): void;
}

export interface MemberOptions {
  readonly host: string;
  readonly port: number;
  readonly identity: Identity;
  readonly own: Own;
  readonly keeper: LegacyKeeper;
  /** The number that it had before. */
  readonly worker: number | undefined;
  readonly joined: (worker: number) => void;
  /** The server is gone. */
  readonly left: () => void;
  readonly yielded: () => void;
  /** Whoever has the port is of another group, or not of Firstlight at all. */
  readonly refused: (by: Refusal | undefined) => void;
}

/** Milliseconds for the answer to the upgrade; a sibling may be busy. */
const PATIENCE = 3000;
/** Characters of an answer that is worth reading. */
const LONGEST = 16_384;
const END_OF_HEAD = '\r\n\r\n';

/** Asks whoever has the port. Of `left`, `yielded` and `refused` one is called, once, but not after `close`. */
export function become({ host, port, identity, own, keeper, worker, ...then }: MemberOptions): Member {
  let ids = 0;
  let isMember = false;
  let isOver = false;
  let head = Buffer.alloc(0);
  const over = (how: () => void): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    how();
  };
  const send = (values: OwnValues): void => {
    const bytes = pack({ id: ++ids, threads: values.threads });
    if (bytes.length > MAX_CONTENT)
      return diag.limited(
        'group values',
        `this process has too many series for /metrics of all processes (${megabytes(bytes.length)}), and is left out there`,
      );
    keeper.sent(ids, bytes);
    socket.write(frame('values', bytes));
  };
  const answer = async (timeout: number): Promise<void> => {
    try {
      const values = await own.collect(timeout);
      if (!isOver) send(values);
    } catch (cause) {
      diag.debug('metrics cannot be collected for the process that serves them', cause);
    }
  };
  const hear = (kind: Kind, content: Buffer): void => {
    if (kind === 'welcome') then.joined(decode<Messages['welcome']>(content).worker);
    else if (kind === 'yielded') over(then.yielded);
    else if (kind === 'legacy') keeper.left(content.readUInt32BE(), Buffer.from(content.subarray(4)));
    else if (kind === 'ask') void answer(decode<Messages['ask']>(content).timeout);
  };
  const read = createReader(hear);
  const take = (bytes: Buffer): void => {
    try {
      read(bytes);
    } catch (cause) {
      diag.limited('group server', 'the process that serves /metrics says what cannot be understood', cause);
      over(then.left);
    }
  };
  const takeHead = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    const text = head.toString('latin1');
    const end = text.indexOf(END_OF_HEAD);
    if (!text.startsWith('HTTP/1.1 101 ')) {
      if (head.length > LONGEST || (text.length >= 12 && !text.startsWith('HTTP/1.1 409')))
        over(() => then.refused(undefined));
      return;
    }
    if (end < 0) return;
    isMember = true;
    keeper.joined();
    socket.setTimeout(0);
    socket.off('data', takeHead).on('data', take);
    const kept = keeper.current();
    if (kept !== undefined) socket.write(message('kept', kept));
    if (head.length > end + END_OF_HEAD.length) take(head.subarray(end + END_OF_HEAD.length));
  };
  const closed = (): void => {
    const text = head.toString('utf8');
    // Without a word: it ends at this moment, or has too many connections.
    if (isMember || text === '') over(then.left);
    else over(() => then.refused(refusalIn(text)));
  };
  const socket = connect(host, port)
    .on('data', takeHead)
    .on('error', () => {})
    .on('close', closed)
    .on('timeout', () => over(() => then.refused(undefined)))
    .on('connect', () => socket.write(request(identity, port, worker)))
    .setTimeout(PATIENCE)
    .setNoDelay()
    .unref();
  return {
    letGo() {
      if (isMember) socket.write(message('letGo', null));
    },
    lastWords() {
      if (isMember && !isOver) send(own.collectNow());
    },
    close() {
      isOver = true;
      socket.end();
    },
  };
}

/** Not one of the application's connections. */
const connect = (host: string, port: number): Socket =>
  context.with(suppressTracing(ROOT_CONTEXT), () => process.getBuiltinModule('node:net').connect(port, host));
