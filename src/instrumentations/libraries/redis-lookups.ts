/** Look-ups by the clients of `redis`, and what answers them. */
import type { Lookups } from '../../observed.ts';
import { withoutThrowing } from '../../without-throwing.ts';
import { countReply, isAnnounced, isLookup, NOT_COUNTED } from './lookups.ts';

export type AddCommand = (args: readonly unknown[], options?: { readonly chainId?: symbol }) => Promise<unknown>;

/** Of redis 2 and 3. */
export interface OldCommand {
  readonly command: string;
  callback?: (error: unknown, reply: unknown) => void;
}

/** Told of every command, once, those of pipelines and transactions too. */
export const noteCommand =
  (lookups: Lookups) =>
  (reply: Promise<unknown>, [args, options]: Parameters<AddCommand>): void => {
    const command = args[0];
    if (options?.chainId !== undefined && isOfTransaction(options.chainId, command, reply, lookups)) return;
    if (isLookup(command)) whenAnswered(reply, (value) => countReply(lookups, value));
  };

/** What a transaction has looked up, until its EXEC answers for all of it. */
const transactions = new WeakMap<symbol, unknown[]>();

function isOfTransaction(id: symbol, command: unknown, reply: Promise<unknown>, lookups: Lookups): boolean {
  if (command === 'MULTI') transactions.set(id, []);
  const commands = transactions.get(id);
  if (commands === undefined || command === 'MULTI') return false;
  if (command !== 'EXEC') commands.push(command);
  else whenAnswered(reply, (replies) => countReplies(lookups, commands, replies));
  return true;
}

/** Instead of a list there is null where the transaction was not carried out. */
function countReplies(lookups: Lookups, commands: readonly unknown[], replies: unknown): void {
  if (!Array.isArray(replies)) return;
  replies.forEach((reply, index) => {
    if (isLookup(commands[index]) && !(reply instanceof Error)) countReply(lookups, reply);
  });
}

/** A failure is the application's. */
const whenAnswered = (reply: Promise<unknown>, then: (value: unknown) => void): void =>
  void reply.then(
    (value) => withoutThrowing(NOT_COUNTED, then, value),
    () => {},
  );

/** The same for the old ones. */
export const noteOldCommand =
  (lookups: Lookups) =>
  (_client: unknown, [command]: readonly [OldCommand]): void => {
    const { callback } = command;
    if (!isLookup(command.command) || callback === undefined) return;
    command.callback = function (this: unknown, error, reply) {
      if (!error && !isAnnounced(reply)) withoutThrowing(NOT_COUNTED, countReply, lookups, reply);
      callback.call(this, error, reply);
    };
  };
