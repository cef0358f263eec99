import type { Agent } from 'node:http';
import { Socket } from 'node:net';
import type { MeterProvider } from '@opentelemetry/api';
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { createOtlpHttpExportDelegate, httpAgentFactoryFromOptions } from '@opentelemetry/otlp-exporter-base/node-http';
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  LogsExporterMetricsHelper,
  MetricsExporterMetricsHelper,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
  type IExporterMetricsHelper,
  type ISerializer,
} from '@opentelemetry/otlp-transformer';
import type { OtlpExporterPlan } from '../config/pipeline.ts';
import type { OtlpExporters } from './exporters.ts';
import { readPem, shared } from './otlp-connection.ts';

const protobuf = {
  contentType: 'application/x-protobuf',
  spans: ProtobufTraceSerializer,
  metrics: ProtobufMetricsSerializer,
  logs: ProtobufLogsSerializer,
};

const json = {
  contentType: 'application/json',
  spans: JsonTraceSerializer,
  metrics: JsonMetricsSerializer,
  logs: JsonLogsSerializer,
};

const encoding = ({ protocol }: OtlpExporterPlan): typeof protobuf => (protocol === 'http/json' ? json : protobuf);

/** The whole configuration is given, for what is missing upstream reads from the environment behind our back. */
function delegate<Items, Response>(
  plan: OtlpExporterPlan,
  serializer: ISerializer<Items, Response>,
  component: string,
  helper: IExporterMetricsHelper<Items>,
  meters?: MeterProvider,
) {
  const headers = { ...plan.headers, 'Content-Type': encoding(plan).contentType };
  const options = {
    ...shared(plan),
    url: plan.endpoint,
    // The transport adds to what it gets.
    headers: async () => ({ ...headers }),
    agentFactory: async (scheme: string) =>
      unreferenced(
        await httpAgentFactoryFromOptions({ keepAlive: true, ...(scheme === 'https:' && readPem(plan)) })(scheme),
      ),
  };
  return createOtlpHttpExportDelegate(options, serializer, component, helper, meters);
}

/** A collector that never answers must not hold a process that is done: it gets the time that a flush has. */
function unreferenced(agent: Agent): Agent {
  const { createConnection, reuseSocket } = agent;
  agent.createConnection = (...args) => {
    const socket = createConnection.apply(agent, args);
    if (socket instanceof Socket) socket.unref();
    return socket;
  };
  agent.reuseSocket = (socket, request) => {
    reuseSocket.call(agent, socket, request);
    if (socket instanceof Socket) socket.unref();
  };
  return agent;
}

export const exporters: OtlpExporters = {
  spans: (plan, meters) =>
    new OTLPExporterBase(
      delegate(plan, encoding(plan).spans, 'otlp_http_span_exporter', TraceExporterMetricsHelper, meters),
    ),
  metrics: (plan) =>
    new OTLPExporterBase(
      delegate(plan, encoding(plan).metrics, 'otlp_http_metric_exporter', MetricsExporterMetricsHelper),
    ),
  logs: (plan, meters) =>
    new OTLPExporterBase(
      delegate(plan, encoding(plan).logs, 'otlp_http_log_exporter', LogsExporterMetricsHelper, meters),
    ),
};
