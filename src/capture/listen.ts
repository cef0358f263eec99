import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { withoutThrowing } from '../without-throwing.ts';

/** Subscribes to a channel: whatever a subscriber throws would end the process. Returns how to stop. */
export function listen<M>(channel: string, whatFailed: string, listener: (message: M) => void): () => void {
  const onMessage = (message: unknown): void => withoutThrowing(whatFailed, listener, message as M);
  subscribe(channel, onMessage);
  return () => void unsubscribe(channel, onMessage);
}
