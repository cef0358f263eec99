import { readFileSync } from 'node:fs';
import type { OtlpExporterPlan } from '../config/pipeline.ts';

interface Pem {
  readonly ca?: Buffer;
  readonly key?: Buffer;
  readonly cert?: Buffer;
}

/** Throws where a file is gone that was there at the start: without it nobody could be trusted, or would trust us. */
export function readPem({ certificate, clientKey, clientCertificate }: OtlpExporterPlan): Pem {
  return {
    ...(certificate !== undefined && { ca: readFileSync(certificate) }),
    ...(clientKey !== undefined &&
      clientCertificate !== undefined && { key: readFileSync(clientKey), cert: readFileSync(clientCertificate) }),
  };
}
