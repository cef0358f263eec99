/**
 * What this process is to the others that would serve at the same address: the one that serves, a member of its group, or
 * somebody who waits for a port that a stranger has.
 */
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Collect, Collecting } from '../collected.ts';
import * as diag from '../diag.ts';
import { awaitPort, isClusterWorker, isFree, sendMessenger } from './claim.ts';
import type { Door, Sharing } from '../sharing.ts';
import { createLegacyKeeper } from './legacy-keeper.ts';
import { createServer } from './server.ts';
import { admit } from './admit.ts';
import { refusalOf, type Identity, type Sibling } from './identity.ts';
import { become, type Member } from './member.ts';
import type { MergeOptions } from './merge.ts';
import { createOwn } from './own.ts';
import { ownerOfListener } from './proc-net.ts';
import { createStrangers, LOOK } from './strangers.ts';
import { createThreads, type Threads } from './threads.ts';

export interface Siblings extends Sharing {
  readonly threads: Threads;
  readonly collect: Collect;
  lastWords(): void;
}

export interface SiblingsOptions {
  readonly identity: Identity;
  readonly reader: Collecting;
  readonly askThreads: (timeout: number) => Promise<void>;
  readonly acrossOf: MergeOptions['acrossOf'];
}

/** Milliseconds to a bid after the server has gone, at random. */
const SOON = [20, 200] as const;
/** Brief memberships in a row after which it is no server that ends. */
const BRIEF = 5;

export function createSiblings({ identity, reader, askThreads, acrossOf }: SiblingsOptions): Siblings {
  const options: MergeOptions = {
    acrossOf,
    leftOut: (metric) =>
      diag.limited(`across ${metric}`, `metric ${metric} has other buckets in another process, and is left out there`),
  };
  const threads = createThreads(options);
  const own = createOwn(reader, threads, askThreads);
  const keeper = createLegacyKeeper();
  let door: Door | undefined;
  const server = createServer({ ...options, own, id: identity.id, letGo: () => door?.letGo() });
  let member: Member | undefined;
  let worker = 0;
  let isMember = false;
  let isServing = false;
  let isOver = false;
  let joinedAt = -Infinity;
  /** Memberships in a row that have not lasted. */
  let brief = 0;
  let timer: NodeJS.Timeout | undefined;

  const bidIn = (delay: number): void => {
    clearTimeout(timer);
    if (!isOver && door !== undefined) timer = setTimeout(door.bid, delay).unref();
  };
  const strangers = createStrangers(identity.uid, () => isOver || isServing);
  const found = (...stranger: Parameters<typeof strangers.found>): void => bidIn(strangers.found(...stranger));
  const look = async ({ host: ours, port }: Door): Promise<void> => {
    const at = reachable(ours);
    const owner = await ownerOfListener({ host: at, port });
    if (isOver || isServing) return;
    if (!strangers.isWorthAsking(owner)) return found(port, undefined, owner);
    member = become({
      host: at,
      port,
      identity,
      own,
      keeper,
      worker,
      joined(number) {
        worker = number;
        isMember = true;
        joinedAt = performance.now();
        strangers.joined();
        diag.debug(
          `/metrics of this process is served by another one of its service on port ${port}, as worker ${number}`,
        );
      },
      left() {
        isMember = false;
        strangers.left();
        // One that has not wanted it for long will not want it at once again; but who has a legacy must not be late.
        const isBrief = performance.now() - joinedAt <= LOOK;
        brief = isBrief ? brief + 1 : 0;
        const isSoon = !isBrief || (keeper.current() !== undefined && brief <= BRIEF);
        bidIn(isSoon ? SOON[0] + Math.random() * (SOON[1] - SOON[0]) : LOOK);
      },
      yielded() {
        end();
        door?.giveUp();
      },
      refused: (by) => found(port, by, owner),
    });
  };
  const join = (socket: Socket, head: Buffer, who: Sibling): boolean => {
    const isMember = !isOver && server.join(socket, head, who);
    if (!isMember) socket.end(refusalOf(identity, 'it has as many processes as can be'));
    return isMember;
  };
  const end = (): void => {
    isOver = true;
    isMember = isServing = false;
    clearTimeout(timer);
    member?.close();
  };
  const lastWords = (): void => {
    if (isServing) server.lastWords();
    else if (isMember) member?.lastWords();
  };
  return {
    threads,
    collect: server.collect,
    taken(at) {
      door = at;
      look(at).catch((cause: unknown) => diag.debug('cannot look who has the port', cause));
    },
    listening(at) {
      door = at;
      isServing = true;
      if (strangers.hasSaid()) diag.info(`port ${at.port} is free again: /metrics is served on it`);
      server.begin(worker, keeper.current());
    },
    upgrade(request, socket, head, joined) {
      admit(identity, request, socket)
        .then((who) => who !== undefined && join(socket, head, who) && joined())
        .catch(() => socket.destroy());
    },
    claim({ host: ours, port }, inThisThread) {
      if (strangers.hasSaid()) return true;
      if (isMember) member?.letGo();
      // A worker of a cluster leaves it to its primary to bind, which hears of it too.
      else if (!inThisThread || isClusterWorker() || isFree(port)) return false;
      else sendMessenger(reachable(ours), port, identity);
      awaitPort(port);
      return isFree(port);
    },
    yield() {
      if (isServing) server.yield();
      end();
    },
    lastWords,
    close() {
      lastWords();
      if (isServing) server.close();
      end();
    },
  };
}

/** All addresses are none to connect to. */
const reachable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);
