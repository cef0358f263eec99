/** Metrics are encoded by upstream: once a minute, not once a request. */
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Protocol } from '../../config/pipeline.ts';

/** Throws where a value cannot be encoded. */
export function encodeMetrics(metrics: ResourceMetrics, protocol: Protocol): Uint8Array {
  const serializer = protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  const body = serializer.serializeRequest(metrics);
  if (body === undefined) throw new Error('nothing to send');
  return body;
}
