/**
 * Why telemetry does not arrive, and when it does again: one line for each kind of fault, endpoint and minute. The first
 * signal that finds a receiver down speaks for all that go there; what is dropped is said of each.
 */
import { maskUrl } from '../config/mask.ts';
import * as diag from '../diag.ts';
import type { Fault, Outcome } from './outcome.ts';
import type { Destination } from './transport.ts';

export type FaultReport = (outcome: Outcome) => void;

/** What is worth looking at, by what was said. A certificate that nobody trusts is wrapped by gRPC. */
const SETTINGS: readonly (readonly [saying: RegExp, setting: string])[] = [
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|self-signed certificate|unable to (verify|get local issuer)/,
    'OTEL_EXPORTER_OTLP_CERTIFICATE',
  ],
  [/^40[13] |PERMISSION_DENIED|UNAUTHENTICATED/, 'OTEL_EXPORTER_OTLP_HEADERS'],
  [/^413 /, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE, OTEL_BLRP_MAX_EXPORT_BATCH_SIZE'],
];

/** Where it goes, and the setting that says so. */
export function whereTo({ plan }: Destination, reason: string): string {
  const setting = SETTINGS.find(([saying]) => saying.test(reason))?.[1] ?? 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return `${maskUrl(plan.endpoint)} (${setting})`;
}

/** The receiver, without the path of the signal. */
export const receiverOf = ({ plan }: Destination): string => maskUrl(plan.endpoint).replace(/\/v1\/\w+$/, '');

const MEANING: Readonly<Record<Fault, string>> = {
  unreachable: 'cannot reach it',
  broken: 'the connection broke',
  slow: 'it does not answer',
  busy: 'it is overloaded or not ready',
  garbled: 'another server may listen there',
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
          `refused ${signal} ${receiver}`,
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
            `rejected ${signal} ${receiver}`,
            `${outcome.rejected} items of ${signal} rejected by ${receiver}, dropped: ${reason}`,
          );
        } else if (outcome.reason !== undefined) {
          diag.limited(`warning ${receiver}`, `${receiver} says of ${signal}: ${outcome.reason}`);
        }
      }
    };
  };
}
