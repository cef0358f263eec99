import { readFileSync } from 'node:fs';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import * as diag from '../diag.ts';

/** Stands before the exporter's own name. https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
const USER_AGENT = `firstlight/${FIRSTLIGHT_VERSION}`;

/** What every transport is told. The limit of concurrent exports is that of upstream's exporters. */
export const shared = ({ timeout, compression }: OtlpExporterPlan) => ({
  timeoutMillis: timeout,
  compression,
  concurrencyLimit: 30,
  userAgent: USER_AGENT,
});

export interface Pem {
  readonly ca?: Buffer;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

/** Read when the first connection is made; a file that is gone by then costs the trust it would have given. */
export function readPem({ certificate, clientKey, clientCertificate }: OtlpExporterPlan): Pem {
  const ca = read(certificate);
  const key = read(clientKey);
  const cert = read(clientCertificate);
  return { ...(ca && { ca }), ...(key && cert && { key, cert }) };
}

function read(file: string | undefined): Buffer | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (cause) {
    diag.limited(`pem ${file}`, `${file} cannot be read, exporting without it`, cause);
    return undefined;
  }
}
