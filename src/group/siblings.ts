/**
 * What this process is to the others that would serve at the same address: the one that serves, a member of its group, or
 * somebody who waits for a port that a stranger has.
 */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Collect, Collecting } from '../collected.ts';
import * as diag from '../diag.ts';
import { awaitPort, isClusterWorker, isFree } from './claim.ts';
import type { Door, Sharing } from '../sharing.ts';
import { createHeirloom } from './heirloom.ts';
import { isOwn } from './holder.ts';
import { createHost } from './host.ts';
import { admit } from './admit.ts';
import { refusalOf, type Identity, type Refusal } from './identity.ts';
import { become, type Member } from './member.ts';
import type { MergeOptions } from './merge.ts';
import { sendMessenger } from './messenger.ts';
import { createOwn } from './own.ts';
import { ownerOfListener, type Owner } from './proc-net.ts';
import { namesOf } from './taken.ts';
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
  let joinedAt = -Infinity;
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
        joinedAt = performance.now();
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
        // One that has not wanted it for long will not want it at once again.
        const isSoon = performance.now() - joinedAt > LOOK;
        bidIn(isSoon ? SOON[0] + Math.random() * (SOON[1] - SOON[0]) : LOOK);
      },
      yielded() {
        end();
        door?.giveUp();
      },
      refused: (by) => void stranger(port, by, owner),
    });
  };
  const admitted: (...given: Parameters<Sharing['upgrade']>) => Promise<void> = async (
    request,
    socket,
    head,
    joined,
  ) => {
    const who = await admit(identity, request, socket);
    if (who === undefined) return;
    if (!isOver && host.join(socket, head, who)) joined();
    else socket.end(refusalOf(identity, 'it has as many processes as can be'));
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
    upgrade(request, socket, head, joined) {
      admitted(request, socket, head, joined).catch(() => socket.destroy());
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
