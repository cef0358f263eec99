import * as diag from '../diag.ts';
import { failed } from './outcome.ts';
import type { Transport } from './transport.ts';

interface Made {
  readonly transport: Transport;
  underWay: number;
}

/**
 * A transport that is made when it is needed, and anew after its receiver could not be reached. `connect` may throw, as a
 * file of a certificate may be gone; it is called again with the next request.
 */
export function createReconnecting(connect: () => Transport): Transport {
  let current: Made | undefined;

  /** The next request looks anew at names, certificates and proxies; those under way keep what they have. */
  const leave = (made: Made | undefined): void => {
    if (current === made) current = undefined;
    if (made?.underWay === 0) made.transport.close();
  };
  return {
    async send(body) {
      let made: Made | undefined;
      let isGone = false;
      try {
        made = current ??= { transport: connect(), underWay: 0 };
        made.underWay++;
        const outcome = await made.transport.send(body);
        isGone = outcome.kind === 'failed' && outcome.fault === 'unreachable';
        return outcome;
      } catch (cause) {
        isGone = true;
        return failed('unreachable', diag.describe(cause));
      } finally {
        if (made !== undefined) made.underWay--;
        if (isGone || current !== made) leave(made);
      }
    },
    close: () => leave(current),
  };
}
