/**
 * Why telemetry does not arrive, and when it does again: one line for each kind of fault, endpoint and minute. The first
 * signal that finds a receiver down speaks for all that go there.
 */
import { maskUrl } from '../config/mask.ts';
import * as diag from '../diag.ts';
import type { Fault, Outcome } from './outcome.ts';
import type { Destination } from './transport.ts';

export type FaultReport = (outcome: Outcome) => void;

/** A certificate that nobody here trusts: the code of the error, or its text where gRPC has wrapped it. */
const UNTRUSTED =
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|self-signed certificate|unable to (verify|get local issuer)/;

/** Where it goes, and the setting that says so. */
export function whereTo({ plan }: Destination, reason: string): string {
  const setting = UNTRUSTED.test(reason) ? 'OTEL_EXPORTER_OTLP_CERTIFICATE' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return `${maskUrl(plan.endpoint)} (${setting})`;
}

/** The receiver, without the path of the signal. */
export const receiverOf = ({ plan }: Destination): string => maskUrl(plan.endpoint).replace(/\/v1\/\w+$/, '');

const MEANING: Readonly<Record<Fault, string>> = {
  unreachable: 'cannot reach it',
  broken: 'the connection broke',
  slow: 'it does not answer',
  busy: 'it is overloaded or not ready',
  garbled: 'its answer is not that of a receiver of OTLP',
};

/** Receivers that a line said something bad of, and since when, in milliseconds since the epoch. */
export function createFaultReports(): (destination: Destination) => FaultReport {
  const troubled = new Map<string, number>();
  return (destination) => {
    const receiver = receiverOf(destination);
    const { signal } = destination;
    return (outcome) => {
      if (outcome.kind === 'failed') {
        if (!troubled.has(receiver)) troubled.set(receiver, Date.now());
        diag.limited(
          `${outcome.fault} ${receiver}`,
          `cannot send ${signal} to ${whereTo(destination, outcome.reason)}, ${MEANING[outcome.fault]}: ` +
            `${outcome.reason}; kept and tried again`,
        );
      } else if (outcome.kind === 'refused') {
        diag.limited(
          `refused ${receiver}`,
          `${signal} refused by ${whereTo(destination, outcome.reason)}, dropped: ${outcome.reason}`,
        );
      } else {
        const since = troubled.get(receiver);
        if (since !== undefined) {
          troubled.delete(receiver);
          const seconds = Math.round((Date.now() - since) / 1000);
          diag.limited(`recovered ${receiver}`, `${receiver} takes telemetry again, after ${seconds} s`);
        }
        if (outcome.rejected > 0) {
          const reason = outcome.reason ?? 'no reason given';
          diag.limited(
            `rejected ${receiver}`,
            `${outcome.rejected} items of ${signal} rejected by ${receiver}, dropped: ${reason}`,
          );
        } else if (outcome.reason !== undefined) {
          diag.limited(`warning ${receiver}`, `${receiver} says of ${signal}: ${outcome.reason}`);
        }
      }
    };
  };
}
