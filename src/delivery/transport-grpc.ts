/**
 * OTLP by gRPC: upstream's exporter, given bytes. It runs in the application and in the helper that sends at its end, so
 * this file and what it brings must work without the rest of Firstlight.
 */
import {
  createEmptyMetadata,
  createInsecureCredentials,
  createOtlpGrpcExportDelegate,
  createSslCredentials,
} from '@opentelemetry/otlp-grpc-exporter-base';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import { fields, readAnswer } from './answer.ts';
import { bearable, failed, type Outcome } from './outcome.ts';
import { readPem } from './pem.ts';
import type { Destination, Signal, Transport } from './transport.ts';
import { USER_AGENT } from './user-agent.ts';

interface Target {
  /** As gRPC wants it: `host:port`, or a `unix:` path. */
  readonly address: string;
  readonly tls: boolean;
}

/** Where and how: the scheme decides about TLS, and where there is none, `insecure` does. */
export function targetOf({ endpoint, insecure }: Pick<OtlpExporterPlan, 'endpoint' | 'insecure'>): Target {
  const scheme = /^(https?):\/\//i.exec(endpoint)?.[1]?.toLowerCase();
  if (scheme === undefined) return { address: endpoint, tls: !insecure };
  const { hostname, port } = new URL(endpoint);
  // A URL drops the port that its scheme implies, and to gRPC the implied one is always 443.
  return { address: `${hostname}:${port || (scheme === 'https' ? 443 : 80)}`, tls: scheme === 'https' };
}

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'trace.v1.TraceService',
  metrics: 'metrics.v1.MetricsService',
  logs: 'logs.v1.LogsService',
};

/** The measurements of upstream's exporter count nothing here: the ledger does. */
const UNCOUNTED = { name: 'span', countItems: () => 0 } as const;

export function createGrpcTransport({ signal, plan }: Destination, timeout: number): Transport {
  const { address, tls } = targetOf(plan);
  let answer: Uint8Array = Buffer.alloc(0);
  const pem = tls ? readPem(plan) : {};
  const serializer = {
    serializeRequest: (body: Uint8Array) => body,
    // Called right before the result is told, which does not carry the answer.
    deserializeResponse(body: Uint8Array) {
      answer = body;
      return {};
    },
  };
  const options = {
    timeoutMillis: timeout,
    compression: plan.compression,
    concurrencyLimit: Infinity,
    userAgent: USER_AGENT,
    url: address,
    metadata: () => {
      const metadata = createEmptyMetadata();
      for (const [name, value] of Object.entries(plan.headers)) metadata.set(name, value);
      return metadata;
    },
    credentials: () => (tls ? createSslCredentials(pem.ca, pem.key, pem.cert) : createInsecureCredentials()),
  };
  const service = SERVICES[signal];
  const delegate = createOtlpGrpcExportDelegate(
    options,
    serializer,
    'otlp_grpc_exporter',
    UNCOUNTED,
    undefined,
    service,
    `/opentelemetry.proto.collector.${service}/Export`,
  );
  return {
    send: (body) =>
      new Promise((resolve) => {
        answer = Buffer.alloc(0);
        delegate.export(body, ({ error }) =>
          resolve(error === undefined ? readAnswer(answer, 'application/x-protobuf') : ofError(error)),
        );
      }),
    close: () => void delegate.shutdown().catch(() => {}),
  };
}

/** https://opentelemetry.io/docs/specs/otlp/#failures: what may be sent again. */
const AGAIN: Readonly<Record<number, 'slow' | 'busy' | 'broken'>> = {
  1: 'broken', // CANCELLED
  4: 'slow', // DEADLINE_EXCEEDED
  10: 'busy', // ABORTED
  11: 'busy', // OUT_OF_RANGE
  15: 'broken', // DATA_LOSS
};
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;

interface ServiceError extends Error {
  readonly code?: number;
  readonly details?: string;
  readonly metadata?: { get(key: string): readonly (string | Buffer)[] };
}

function ofError(error: ServiceError): Outcome {
  const { code, details, message, metadata } = error;
  const reason = sentenceOf(details || message);
  if (code === undefined) return failed('unreachable', reason);
  const after = retryDelay(metadata?.get('grpc-status-details-bin')[0]);
  const told = after === undefined ? {} : { after };
  if (code === UNAVAILABLE) return { ...failed(faultOf(details || message, after), reason), ...told };
  if (code === RESOURCE_EXHAUSTED && after !== undefined) return { ...failed('busy', reason), ...told };
  const fault = AGAIN[code];
  return fault === undefined ? { kind: 'refused', reason: message } : { ...failed(fault, reason), ...told };
}

/** What is left of a message of the client without its own words. */
const sentenceOf = (message: string): string =>
  message.replace(/^No connection established\. Last error: (?:Error: )?/, '').replace(/\.? Resolution note: ?;?$/, '');

/** `UNAVAILABLE` is said by receivers, and by the client of a receiver that is not there. */
function faultOf(reason: string, after: number | undefined): 'unreachable' | 'broken' | 'busy' {
  if (after !== undefined) return 'busy';
  if (/^No connection established|^Name resolution failed|certificate/.test(reason)) return 'unreachable';
  return /connection dropped|ECONNRESET|GOAWAY|EPIPE/i.test(reason) ? 'broken' : 'busy';
}

/** `google.rpc.Status.details[]` of the type `RetryInfo`, whose field is a duration of seconds and nanoseconds. */
function retryDelay(details: string | Buffer | undefined): number | undefined {
  if (typeof details !== 'object') return undefined;
  try {
    for (const [field, any] of fields(details)) {
      if (field !== 3 || typeof any === 'number') continue;
      const { 1: type, 2: value } = Object.fromEntries(fields(any));
      if (typeof type !== 'object' || typeof value !== 'object') continue;
      if (!Buffer.from(type).toString().endsWith('/google.rpc.RetryInfo')) continue;
      const { 1: duration } = Object.fromEntries(fields(value));
      if (typeof duration !== 'object') return 0;
      const { 1: seconds = 0, 2: nanoseconds = 0 } = Object.fromEntries(fields(duration));
      return bearable(Number(seconds) * 1000 + Number(nanoseconds) / 1e6);
    }
  } catch {
    // Details that are none say nothing.
  }
  return undefined;
}
