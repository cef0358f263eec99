import { UndiciInstrumentation as Stock } from '@opentelemetry/instrumentation-undici';
import { withoutThrowing } from './without-throwing.ts';

type OnMessage = (message: unknown) => void;

/** What is private in the original. */
interface Channels {
  subscribeToChannel(channel: string, onMessage: OnMessage): void;
  readonly onRequestCreated: OnMessage;
}

export class UndiciInstrumentation extends Stock {
  /** `fetch` loads nothing by which it could be noticed: its first request does, when it is announced already. */
  missed(message: unknown): void {
    (this as unknown as Channels).onRequestCreated(message);
  }
}

const { subscribeToChannel } = Stock.prototype as unknown as Channels;

(UndiciInstrumentation.prototype as unknown as Channels).subscribeToChannel = function (channel, onMessage) {
  // Whatever a subscriber throws ends the process.
  subscribeToChannel.call(this, channel, (message) => {
    withoutThrowing(`${channel} could not be noted`, () => onMessage(message));
  });
};
