/** The members of a group as the process that serves knows them: each is asked, and what it has last said is kept. */
import type { Socket } from 'node:net';
import * as diag from '../diag.ts';
import { check } from './check.ts';
import { createReader, decode, message, type KeptLegacy, type Kind, type ThreadValues, type Values } from './frames.ts';
import { createGone } from './gone.ts';
import { ACCEPTED, type Sibling } from './identity.ts';
import type { LeftTo } from './legacy.ts';
import type { Part } from './merge.ts';
import { freeNumber } from './numbers.ts';
import { partsOf } from './parts.ts';
import type { Retired } from './retired.ts';
import { within } from './within.ts';

export interface Members {
  /** After an upgrade, of a sibling. `ownNumber` is that of this process. False: there are too many. */
  join(socket: Socket, head: Buffer, who: Sibling, ownNumber: number): boolean;
  /** Resolves when all have answered that can, or in time. */
  ask(timeout: number): Promise<void>;
  /** What they have last said. */
  parts(): readonly Part[];
  /** Those whose values are among the parts, which says that they have brought what they had to bring. */
  known(): readonly LeftTo[];
  /** One whose values cannot be added up costs itself alone. */
  leaveOut(isBad: (parts: readonly Part[]) => boolean): void;
  /** Ends with them, with a last message perhaps. */
  close(last?: Buffer): void;
}

interface Member extends LeftTo {
  readonly who: Sibling;
  readonly worker: number;
  threads: readonly ThreadValues[];
  /** Of the values that it has last sent. */
  id: number;
  asked?: { readonly at: number; readonly answer: Promise<void> } | undefined;
  answered?: () => void;
  /** What of its values is in the legacy that it has brought: until it tells them itself they are left in there. */
  own?: Uint8Array | undefined;
  /** It has been here before, and has brought it then. */
  readonly isBack: boolean;
}

const MAX_MEMBERS = 256;
/** Milliseconds that a member has for its answer, of which it may collect for all but the last. */
const PATIENCE = 1000;
const MARGIN = 200;

/** `letGo`: a member's application is about to listen on the port; synchronous. */
export function createMembers(retired: Retired, letGo: () => void): Members {
  const members = new Map<string, Member>();
  const gone = createGone(retired);
  let isOver = false;

  const remove = (member: Member): void => {
    if (members.get(member.who.id) !== member) return;
    members.delete(member.who.id);
    member.answered?.();
    // At the end of this process all of them go, and nobody asks any more.
    if (!isOver) gone.left(member.who.id, member.threads);
  };
  const hear = (member: Member, kind: Kind, content: Buffer): void => {
    if (kind === 'values') {
      const { id, threads } = decode<Values>(content);
      check(id, threads);
      if (member.own !== undefined) retired.takeAway(member.own);
      Object.assign(member, { id, threads, own: undefined });
      member.answered?.();
    } else if (kind === 'kept') {
      const { legacy, own } = decode<KeptLegacy>(content);
      retired.takeOver({ legacy });
      if (!member.isBack) member.own = own;
    }
    if (kind === 'letGo') letGo();
  };
  return {
    join(socket, head, who, ownNumber) {
      const before = members.get(who.id);
      if (before !== undefined) {
        before.socket.destroy();
        remove(before);
      }
      if (members.size >= MAX_MEMBERS) return false;
      const taken = [ownNumber, ...Array.from(members.values(), (each) => each.worker)];
      const said = gone.back(who.id);
      const member: Member = {
        who,
        worker: freeNumber(taken, who.worker),
        socket,
        threads: said ?? [],
        id: 0,
        isBack: said !== undefined,
      };
      members.set(who.id, member);
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
      // Nothing is left to whoever is not known yet.
      void ask(member, PATIENCE);
      return true;
    },
    ask(timeout) {
      const patience = Math.min(timeout, PATIENCE);
      return within(patience, Promise.all(Array.from(members.values(), (member) => ask(member, patience))));
    },
    parts: () => [...members.values()].flatMap(({ worker, threads }) => partsOf(worker, threads)),
    known: () => Array.from(members.values(), ({ socket, id }) => ({ socket, id })).filter(({ id }) => id > 0),
    leaveOut(isBad) {
      for (const member of members.values()) {
        if (!isBad(partsOf(member.worker, member.threads))) continue;
        diag.limited(
          'group member',
          `what process ${member.who.pid} says cannot be added up: it is left out of /metrics`,
        );
        Object.assign(member, { id: 0, threads: [] });
        member.socket.destroy();
      }
    },
    close(last) {
      isOver = true;
      for (const { socket } of members.values()) {
        if (last !== undefined) socket.write(last);
        socket.end();
      }
    },
  };
}

function ask(member: Member, timeout: number): Promise<void> {
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
}
