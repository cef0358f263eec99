import * as diag from '../diag.ts';
import { failed, type Outcome } from './outcome.ts';
import type { Transport } from './transport.ts';

/** A transport that is made when it is needed, and anew after its receiver could not be reached. */
export interface Connection {
  /** Never rejects. */
  send(body: Uint8Array): Promise<Outcome>;
  close(): void;
}

interface Made {
  readonly transport: Transport;
  underWay: number;
}

/** `connect` may throw, as a file of a certificate may be gone; it is called again with the next request. */
export function createConnection(connect: () => Transport): Connection {
  let current: Made | undefined;

  /** The next request looks anew at names, certificates and proxies; those under way keep what they have. */
  const leave = (made: Made | undefined): void => {
    if (current === made) current = undefined;
    if (made?.underWay === 0) made.transport.close();
  };
  return {
    async send(body) {
      let made: Made | undefined;
      try {
        made = current ??= { transport: connect(), underWay: 0 };
        made.underWay++;
        const outcome = await made.transport.send(body);
        made.underWay--;
        const isGone = outcome.kind === 'failed' && outcome.fault === 'unreachable';
        if (isGone || current !== made) leave(made);
        return outcome;
      } catch (cause) {
        return failed('unreachable', diag.describe(cause));
      }
    },
    close: () => leave(current),
  };
}
