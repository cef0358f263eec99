/** Which commands of Redis look something up, and what their replies say. */
import type { Lookups } from '../../observed.ts';

/** What is said where counting fails. */
export const NOT_COUNTED = 'a look-up in a cache is not counted';

/** MGET and those like it answer for each key. */
const COMMANDS = ['GET', 'GETEX', 'GETDEL', 'HGET', 'MGET', 'HMGET', 'HGETEX', 'HGETDEL'];
/** Clients send a name as it was given. */
const LOOKUPS = new Set<unknown>([...COMMANDS, ...COMMANDS.map((command) => command.toLowerCase())]);

export const isLookup = (command: unknown): boolean => LOOKUPS.has(command);

/** Within a transaction a command is announced first; its value comes by other ways. */
export const isAnnounced = (reply: unknown): boolean =>
  reply === 'QUEUED' || (reply instanceof Buffer && reply.length === 6 && reply.toString('latin1') === 'QUEUED');

/** Null is what was not found. */
export function countReply(lookups: Lookups, reply: unknown): void {
  if (Array.isArray(reply)) for (const each of reply) countReply(lookups, each);
  else if (reply === null || reply === undefined) lookups.misses++;
  else lookups.hits++;
}
