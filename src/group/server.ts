/** The process that serves for its group: adds up what it, the members and those before them have counted. */
import type { Socket } from 'node:net';
import type { ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Collect } from '../collected.ts';
import { sliced } from '../sliced.ts';
import { withoutThrowing } from '../without-throwing.ts';
import { message, type KeptLegacy } from './frames.ts';
import type { Sibling } from './identity.ts';
import { leaveTo } from './legacy.ts';
import { createMembers } from './members.ts';
import { inOneGo, merge, mergeSteps, type MergeOptions, type Part } from './merge.ts';
import type { Own, OwnValues } from './own.ts';
import { partsOf } from './parts.ts';
import { createRetired } from './retired.ts';
import { within } from './within.ts';

export interface Server {
  /** This process serves from now on. With what it has as a member: its number, and what the last server has left. */
  begin(worker: number, kept: KeptLegacy | undefined): void;
  /** After an upgrade, of a sibling. False: there are too many. */
  join(socket: Socket, head: Buffer, who: Sibling): boolean;
  readonly collect: Collect;
  /** Leaves everything to the members; synchronous. */
  lastWords(): void;
  /** The port is the application's; tells the members, synchronous. */
  yield(): void;
  close(): void;
}

export interface ServerOptions extends MergeOptions {
  readonly own: Own;
  /** Of this process. */
  readonly id: string;
  /** A member's application is about to listen on the port; synchronous. */
  readonly letGo: () => void;
}

/** Milliseconds for the kernel to take what is left to the members. */
const LEAVING = 250;

export function createServer({ own, id, letGo, ...options }: ServerOptions): Server {
  const retired = createRetired(id, options);
  const members = createMembers(retired, letGo);
  let ownNumber = 0;
  /** Once there was another process labels do not change any more. */
  let isGroup = false;

  /** What there is at this moment. */
  const partsWith = (mine: OwnValues): readonly Part[] => [
    ...partsOf(ownNumber, mine.threads),
    ...members.parts(),
    { scopeMetrics: retired.sums() },
  ];
  const isBad = (parts: readonly Part[]): boolean => {
    try {
      merge(parts, options);
      return false;
    } catch {
      return true;
    }
  };
  const serve = async (mine: OwnValues): Promise<readonly ScopeMetrics[]> => {
    await retired.settle();
    let to = members.known();
    const scopeMetrics = await sliced(mergeSteps(partsWith(mine), options)).catch(() => {
      members.leaveOut(isBad);
      to = members.known();
      return sliced(mergeSteps(partsWith(mine), options));
    });
    if (to.length > 0) await within(LEAVING, leaveTo(await sliced(retired.legacy(scopeMetrics)), to));
    return scopeMetrics;
  };
  return {
    begin(worker, kept) {
      ownNumber = worker;
      if (kept === undefined) return;
      isGroup = true;
      withoutThrowing('what the last server of /metrics has left cannot be read', retired.takeOver, kept);
    },
    join(socket, head, who) {
      const isMember = members.join(socket, head, who, ownNumber);
      isGroup ||= isMember;
      return isMember;
    },
    async collect(timeout) {
      const [mine] = await Promise.all([own.collect(timeout), members.ask(timeout)]);
      const isAlone = !isGroup && mine.threads.length === 1;
      const scopeMetrics = isAlone ? mine.threads[0]!.scopeMetrics : await serve(mine);
      return { resource: mine.resource, scopeMetrics };
    },
    lastWords() {
      const to = members.known();
      if (to.length === 0) return;
      withoutThrowing('what this process has served cannot be left to the others', () => {
        const served = merge(partsWith(own.collectNow()), options);
        void leaveTo(inOneGo(retired.legacy(served)), to);
      });
    },
    yield: () => members.close(message('yielded', null)),
    close: () => members.close(),
  };
}
