/**
 * Why something was not taken that may be taken later. `unreachable`: no connection; `broken`: it was lost, or the answer
 * was cut off; `slow`: no answer in time; `busy`: the receiver asks to come again; `garbled`: an answer that is none.
 */
export type Fault = 'unreachable' | 'broken' | 'slow' | 'busy' | 'garbled';

/** What became of one attempt to send a body. */
export type Outcome =
  | {
      readonly kind: 'delivered';
      /** Items the receiver took note of and left out. */
      readonly rejected: number;
      readonly reason?: string;
    }
  /** For good: sending it again would not help. */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly fault: Fault;
      readonly reason: string;
      /** Milliseconds the receiver asks to wait. */
      readonly after?: number;
    };

export const failed = (fault: Fault, reason: string): Outcome => ({ kind: 'failed', fault, reason });

/** The longest wait a receiver may ask for, in milliseconds: one that says a year does not mean it. */
const LONGEST_WAIT = 300_000;

export const bearable = (milliseconds: number): number => Math.min(Math.max(milliseconds, 0), LONGEST_WAIT);
