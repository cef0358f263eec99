/**
 * What this process is to the others that would serve at the same address: the one that serves, a member of its group, or
 * somebody who waits for a port that a stranger has.
 */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Cluster } from 'node:cluster';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Collect } from '../collected.ts';
import * as diag from '../diag.ts';
import { awaitPort, isFree } from './claim.ts';
import { createHeirloom } from './heirloom.ts';
import { isOwn } from './holder.ts';
import { createHost } from './host.ts';
import { admit } from './admit.ts';
import { refusalOf, type Identity, type Refusal } from './identity.ts';
import { become, type Member } from './member.ts';
import type { MergeOptions } from './merge.ts';
import { sendMessenger } from './messenger.ts';
import { createOwn, type Reader } from './own.ts';
import { ownerOfListener, type Owner } from './proc-net.ts';
import { namesOf } from './taken.ts';
import { createThreads, type Threads } from './threads.ts';

/** The address of the admin server. */
export interface Door {
  readonly host: string;
  readonly port: number;
  /** Tries to listen again. */
  bid(): void;
  /** As if the application of this process had listened on the port; synchronous. */
  letGo(): void;
  /** Another process has let go of the port for the application, and has said so. */
  giveUp(): void;
}

export interface Siblings {
  readonly threads: Threads;
  readonly collect: Collect;
  /** Somebody else has the port. */
  taken(door: Door): void;
  listening(door: Door): void;
  /** A request of this host to become a member. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer, joined: () => void): Promise<void>;
  /**
   * The application is about to listen on the port; synchronous. `inThisThread`: in its first turn, perhaps. Whether
   * somebody has said what that means.
   */
  claim(door: Door, inThisThread: boolean): boolean;
  /** The port is given up to the application. */
  yield(): void;
  lastWords(): void;
  close(): void;
}

export interface SiblingsOptions {
  readonly identity: Identity;
  readonly reader: Reader;
  readonly askThreads: (timeout: number) => Promise<void>;
  readonly acrossOf: MergeOptions['acrossOf'];
}

/** Milliseconds: to a bid after the server has gone, at random; between looks at a port that a stranger has, later on. */
const SOON = [20, 200] as const;
const LOOK = 1000;
const LOOK_LATER = 10_000;
const LOOKS = 10;
const MOVE = 'OTEL_EXPORTER_PROMETHEUS_PORT moves it';

export function createSiblings({ identity, reader, askThreads, acrossOf }: SiblingsOptions): Siblings {
  const options: MergeOptions = {
    acrossOf,
    leftOut: (metric) =>
      diag.limited(`across ${metric}`, `metric ${metric} has other buckets in another process, and is left out there`),
  };
  const threads = createThreads(options);
  const own = createOwn(reader, threads, askThreads);
  const heirloom = createHeirloom();
  let door: Door | undefined;
  const host = createHost({ ...options, own, id: identity.id, letGo: () => door?.letGo() });
  let member: Member | undefined;
  let worker = 0;
  let isMember = false;
  let isServing = false;
  let isOver = false;
  /** How often a stranger was found in a row, and whether somebody was told. */
  let looks = 0;
  let hasSaid = false;
  /** The socket of the one that was last asked who it is, and when. */
  let asked: string | undefined;
  let askedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const bidIn = (delay: number): void => {
    clearTimeout(timer);
    if (!isOver && door !== undefined) timer = setTimeout(door.bid, delay).unref();
  };
  const stranger = async (port: number, by: Refusal | undefined, owner: Owner | undefined): Promise<void> => {
    bidIn(looks++ < LOOKS ? LOOK : LOOK_LATER);
    if (hasSaid) return;
    const names = await namesOf(by, owner);
    if (isOver || isServing || hasSaid) return;
    hasSaid = true;
    diag.warn(`port ${port} is taken${names}: /metrics is not served; ${MOVE}`);
  };
  /** Who cannot be a sibling is not asked, nor is one again that has said no: it may be anything, and keep a log. */
  const isWorthAsking = (owner: Owner | undefined): boolean => {
    if (owner === undefined) return performance.now() - askedAt >= LOOK_LATER;
    return owner.uid === identity.uid && owner.inode !== asked && !isOwn(owner);
  };
  const look = async ({ host: ours, port }: Door): Promise<void> => {
    const at = reachable(ours);
    const owner = await ownerOfListener({ host: at, port });
    if (isOver || isServing) return;
    if (!isWorthAsking(owner)) return stranger(port, undefined, owner);
    asked = owner?.inode;
    askedAt = performance.now();
    member = become({
      host: at,
      port,
      identity,
      own,
      heirloom,
      worker,
      joined(number) {
        worker = number;
        isMember = true;
        hasSaid = false;
        looks = 0;
        diag.debug(
          `/metrics of this process is served by another one of its service on port ${port}, as worker ${number}`,
        );
      },
      left() {
        isMember = false;
        asked = undefined;
        askedAt = -Infinity;
        bidIn(SOON[0] + Math.random() * (SOON[1] - SOON[0]));
      },
      yielded() {
        end();
        door?.giveUp();
      },
      refused: (by) => void stranger(port, by, owner),
    });
  };
  const end = (): void => {
    isOver = true;
    isMember = isServing = false;
    clearTimeout(timer);
    member?.close();
  };
  const lastWords = (): void => {
    if (isServing) host.lastWords();
    else if (isMember) member?.lastWords();
  };
  return {
    threads,
    collect: host.collect,
    taken(at) {
      door = at;
      look(at).catch((cause: unknown) => diag.debug('cannot look who has the port', cause));
    },
    listening(at) {
      door = at;
      isServing = true;
      if (hasSaid) diag.info(`port ${at.port} is free again: /metrics is served on it`);
      host.elect(worker, heirloom.inherited());
    },
    async upgrade(request, socket, head, joined) {
      const who = await admit(identity, request, socket);
      if (who === undefined) return;
      if (!isOver && host.join(socket, head, who)) joined();
      else socket.end(refusalOf(identity, 'it has as many processes as can be'));
    },
    claim({ host: ours, port }, inThisThread) {
      if (hasSaid) return true;
      if (isMember) member?.letGo();
      // A worker of a cluster leaves it to its primary to bind, which hears of it too.
      else if (!inThisThread || isClusterWorker() || isFree(port)) return false;
      else sendMessenger(reachable(ours), port, identity);
      awaitPort(port);
      return isFree(port);
    },
    yield() {
      if (isServing) host.yield();
      end();
    },
    lastWords,
    close() {
      lastWords();
      if (isServing) host.close();
      end();
    },
  };
}

/** All addresses are none to connect to. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

const isClusterWorker = (): boolean =>
  process.channel !== undefined && (process.getBuiltinModule('node:cluster') as unknown as Cluster).isWorker;
