import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import { maskUrl } from '../config/mask.ts';
import * as diag from '../diag.ts';

interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void;
}

/** A certificate that nobody here trusts: the code of the error, or its text where gRPC has wrapped it. */
const UNTRUSTED =
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|self-signed certificate|unable to (verify|get local issuer)/;

/**
 * Says why telemetry does not arrive, in one line for each endpoint and minute: the first signal that finds a collector
 * down speaks for all that go there.
 */
export function reportingFailures<Items, E extends Exporter<Items>>(
  exporter: E,
  signal: string,
  plan: OtlpExporterPlan,
): E {
  const send = exporter.export.bind(exporter);
  const endpoint = maskUrl(plan.endpoint);
  exporter.export = (items, done) =>
    send(items, (result) => {
      if (result.code === ExportResultCode.FAILED) report(result.error);
      done(result);
    });
  const report = (cause: Error | undefined): void => {
    const reason = diag.describe(cause ?? 'no reason given');
    const setting = UNTRUSTED.test(reason) ? 'OTEL_EXPORTER_OTLP_CERTIFICATE' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
    diag.limited(`export ${origin(endpoint)}`, `cannot send ${signal} to ${endpoint} (${setting}): ${reason}`);
  };
  return exporter;
}

/** The collector, without the path of the signal. */
const origin = (endpoint: string): string => endpoint.replace(/\/v1\/\w+$/, '');
