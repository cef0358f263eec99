/** The process that serves for its group: asks the members at a scrape, and adds up what they and those before them counted. */
import type { Socket } from 'node:net';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Collected } from '../collected.ts';
import * as diag from '../diag.ts';
import { check } from './check.ts';
import { createReader, decode, message, type Inherited, type Kind, type ThreadValues, type Values } from './frames.ts';
import { ACCEPTED, type Sibling } from './identity.ts';
import { inOneGo, merge, mergeSteps, type MergeOptions, type Part } from './merge.ts';
import { leaveTo, type LeftTo } from './legacy.ts';
import { freeNumber } from './numbers.ts';
import type { Own, OwnValues } from './own.ts';
import { createRetired } from './retired.ts';
import { withoutThrowing } from '../without-throwing.ts';
import { sliced } from '../sliced.ts';
import { within } from './within.ts';

export interface Host {
  /** This process serves from now on. With what it has as a member: its number, and what the last server has left. */
  elect(worker: number, inherited: Inherited | undefined): void;
  /** After an upgrade, of a sibling. False: there are too many. */
  join(socket: Socket, head: Buffer, who: Sibling): boolean;
  collect(timeout: number): Promise<Collected>;
  /** Leaves everything to the members; synchronous. */
  lastWords(): void;
  /** The port is the application's; tells the members, synchronous. */
  yield(): void;
  close(): void;
}

export interface HostOptions extends MergeOptions {
  readonly own: Own;
  /** Of this process. */
  readonly id: string;
  /** A member's application is about to listen on the port; synchronous. */
  readonly letGo: () => void;
}

interface Member {
  readonly who: Sibling;
  readonly worker: number;
  readonly socket: Socket;
  threads: readonly ThreadValues[];
  /** Of the values that it has last sent. */
  id: number;
  asked?: { readonly at: number; readonly answer: Promise<void> } | undefined;
  answered?: () => void;
}

const MAX_MEMBERS = 256;
/** Milliseconds that a member has for its answer, of which it may collect for all but the last. */
const PATIENCE = 1000;
const MARGIN = 200;
/** Milliseconds for the kernel to take what is left to the members. */
const LEAVING = 250;

export function createHost({ own, id, letGo, ...options }: HostOptions): Host {
  const members = new Map<string, Member>();
  const retired = createRetired(id, options);
  let ownNumber = 0;
  /** Once there was another process labels do not change any more. */
  let isGroup = false;
  let isOver = false;

  const remove = (member: Member): void => {
    if (members.get(member.who.id) !== member) return;
    members.delete(member.who.id);
    member.answered?.();
    // At its own end all of them go, and nobody asks any more.
    if (!isOver) retired.add(member.threads);
  };
  const hear = (member: Member, kind: Kind, content: Buffer): void => {
    if (kind === 'values') {
      const { id: number, threads } = decode<Values>(content);
      check(number, threads);
      Object.assign(member, { id: number, threads });
      member.answered?.();
    } else if (kind === 'inherited') retired.inherit(decode<Inherited>(content));
    else if (kind === 'letGo') letGo();
  };
  const ask = (member: Member, timeout: number): Promise<void> => {
    const { asked } = member;
    if (!member.socket.writable) return Promise.resolve();
    if (asked !== undefined) {
      // Whoever has not answered the last time is not waited for: it may be stopped for good.
      const isLate = performance.now() - asked.at > PATIENCE;
      return isLate ? Promise.resolve() : asked.answer.then(() => ask(member, timeout));
    }
    const answer = new Promise<void>((resolve) => {
      member.answered = (): void => {
        member.asked = undefined;
        resolve();
      };
    });
    member.asked = { at: performance.now(), answer };
    member.socket.write(message('ask', { timeout: Math.max(0, timeout - MARGIN) }));
    return answer;
  };
  /** What there is at this moment. */
  const partsWith = (mine: OwnValues): readonly Part[] => [
    ...partsOf(ownNumber, mine.threads),
    ...[...members.values()].flatMap((member) => partsOf(member.worker, member.threads)),
    { scopeMetrics: retired.sums() },
  ];
  /** Those whose values are among the parts, which says that they have brought what they had to bring. */
  const heirs = (): readonly LeftTo[] =>
    [...members.values()].filter(({ id: last }) => last > 0).map(({ socket, id: last }) => ({ socket, id: last }));
  const serve = async (mine: OwnValues): Promise<readonly ScopeMetrics[]> => {
    await retired.settle();
    const to = heirs();
    const scopeMetrics = await sliced(mergeSteps(partsWith(mine), options));
    if (to.length > 0) await within(LEAVING, leaveTo(await sliced(retired.legacy(scopeMetrics)), to));
    return scopeMetrics;
  };
  return {
    elect(worker, inherited) {
      ownNumber = worker;
      if (inherited === undefined) return;
      isGroup = true;
      withoutThrowing('what the last server of /metrics has left cannot be read', retired.inherit, inherited);
    },
    join(socket, head, who) {
      const before = members.get(who.id);
      if (before !== undefined) {
        before.socket.destroy();
        remove(before);
      }
      if (members.size >= MAX_MEMBERS) return false;
      const taken = [ownNumber, ...Array.from(members.values(), (each) => each.worker)];
      const member: Member = { who, worker: freeNumber(taken, who.worker), socket, threads: [], id: 0 };
      members.set(who.id, member);
      isGroup = true;
      const read = createReader((kind, content) => hear(member, kind, content));
      const take = (bytes: Buffer): void => {
        try {
          read(bytes);
        } catch (cause) {
          diag.limited(
            'group member',
            `process ${who.pid} says what cannot be understood, and is left out of /metrics`,
            cause,
          );
          socket.destroy();
        }
      };
      socket.on('close', () => remove(member)).on('data', take);
      socket.write(ACCEPTED);
      socket.write(message('welcome', { worker: member.worker }));
      if (head.length > 0) take(head);
      // Whoever is not known yet inherits nothing.
      void ask(member, PATIENCE);
      return true;
    },
    async collect(timeout) {
      const patience = Math.min(timeout, PATIENCE);
      const answers = within(patience, Promise.all(Array.from(members.values(), (member) => ask(member, patience))));
      const [mine] = await Promise.all([own.collect(timeout), answers]);
      const isAlone = !isGroup && mine.threads.length === 1;
      const scopeMetrics = isAlone ? mine.threads[0]!.scopeMetrics : await serve(mine);
      return { resource: mine.resource, scopeMetrics };
    },
    lastWords() {
      const to = heirs();
      if (to.length === 0) return;
      withoutThrowing('what this process has served cannot be left to the others', () => {
        const served = merge(partsWith(own.collectNow()), options);
        void leaveTo(inOneGo(retired.legacy(served)), to);
      });
    },
    yield() {
      isOver = true;
      for (const { socket } of members.values()) socket.end(message('yielded', null));
    },
    close() {
      isOver = true;
      for (const { socket } of members.values()) socket.end();
    },
  };
}

function partsOf(worker: number, threads: readonly ThreadValues[]): readonly Part[] {
  return threads.map(({ thread, scopeMetrics }) =>
    thread === undefined
      ? { scopeMetrics }
      : { scopeMetrics, worker: thread === 0 ? `${worker}` : `${worker}.${thread}` },
  );
}
