/**
 * What can be instrumented: one row for each entry of `@opentelemetry/auto-instrumentations-node`, and what it lacks.
 * A row is data: its package is loaded when the application first loads one of its `modules`. Where a file of the
 * row's name lies beside this one or in `../capture`, that file takes the place of the package.
 */
import { count, flag, integer, list, listOf, size, text, type Rule } from '../config/rules.ts';

export interface Row {
  /** As OTEL_NODE_ENABLED_INSTRUMENTATIONS spells it. */
  readonly name: string;
  readonly package: string;
  /** The class, among the exports of the package. */
  readonly className: string;
  /** Packages, and modules of Node, whose first use loads the row. */
  readonly modules: readonly string[];
  /** Loaded with the start, for there is no library to wait for; or only where this environment variable is set. */
  readonly atBoot?: true | { readonly where: string };
  /** Loaded when this diagnostics channel is first published to. */
  readonly channel?: string;
  /** Absent: on. */
  readonly off?: true;
  /** Gives way to this row, which reports the same. */
  readonly besides?: string;
  /** Upstream's spans for the layers of a framework: made where they are asked for, by FIRSTLIGHT_FRAMEWORK_SPANS. */
  readonly layers?: Layers;
  /** Where we decide otherwise than the instrumentation does. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** What users may set; hooks are left out, for a setting cannot carry a function. */
  readonly options?: Readonly<Record<string, Rule<unknown>>>;
}

/** What leaves the spans of handlers alone: a configuration, or an attribute by which the others are known. */
export interface Layers {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly quiet?: { readonly attribute: string; readonly values: readonly string[] };
}

interface Rest extends Omit<Row, 'name' | 'package' | 'className'> {
  readonly package?: string;
}

const row = (name: string, className: string, rest: Rest): Row => ({
  name,
  className,
  package: `@opentelemetry/instrumentation-${name}`,
  ...rest,
});

/** Arguments of a command hold keys and values of users; its name tells what it does. */
const commandOnly = (command: string): string => command;

const requireParentSpan = flag;
const logging = { disableLogSending: flag, disableLogCorrelation: flag };
/** Of the OpenTelemetry log data model. */
const logSeverity = integer(1, 24);

export const catalogue: readonly Row[] = [
  row('amqplib', 'AmqplibInstrumentation', {
    modules: ['amqplib'],
    options: { consumeTimeoutMs: count, useLinksForConsume: flag },
  }),
  row('apollo', 'ApolloInstrumentation', { package: '@apollo/server', modules: ['@apollo/server'] }),
  row('aws-lambda', 'AwsLambdaInstrumentation', {
    modules: [],
    atBoot: { where: 'LAMBDA_TASK_ROOT' },
    options: { lambdaHandler: text, useGlobalPropagatorForSqsExtraction: flag },
  }),
  row('aws-sdk', 'AwsInstrumentation', {
    modules: [
      '@smithy/core',
      '@smithy/middleware-stack',
      '@smithy/smithy-client',
      '@aws-sdk/middleware-stack',
      '@aws-sdk/smithy-client',
    ],
    options: { suppressInternalInstrumentation: flag, sqsExtractContextPropagationFromPayload: flag },
  }),
  row('bullmq', 'BullmqInstrumentation', { package: 'bullmq-otel', modules: ['bullmq'] }),
  row('bunyan', 'BunyanInstrumentation', { modules: ['bunyan'], options: { ...logging, logSeverity } }),
  row('cassandra-driver', 'CassandraDriverInstrumentation', {
    modules: ['cassandra-driver'],
    options: { enhancedDatabaseReporting: flag, maxQueryLength: size },
  }),
  row('connect', 'ConnectInstrumentation', {
    modules: ['connect'],
    layers: { quiet: { attribute: 'connect.type', values: ['middleware'] } },
  }),
  row('console', 'ConsoleInstrumentation', { modules: [], atBoot: true, options: { logSeverity } }),
  row('cucumber', 'CucumberInstrumentation', { modules: ['@cucumber/cucumber'] }),
  row('dataloader', 'DataloaderInstrumentation', { modules: ['dataloader'], options: { requireParentSpan } }),
  row('dns', 'DnsInstrumentation', { modules: ['dns', 'dns/promises'], off: true, options: { ignoreHostnames: list } }),
  row('express', 'ExpressInstrumentation', {
    modules: ['express'],
    layers: { config: { ignoreLayersType: ['middleware', 'router'] } },
    options: { ignoreLayers: list, ignoreLayersType: listOf(['middleware', 'router', 'request_handler']) },
  }),
  row('fastify', 'FastifyInstrumentation', { package: 'fastify', modules: ['fastify'] }),
  row('fs', 'FsInstrumentation', { modules: ['fs', 'fs/promises'], off: true, options: { requireParentSpan } }),
  row('generic-pool', 'GenericPoolInstrumentation', { modules: ['generic-pool'], off: true }),
  row('graphql', 'GraphQLInstrumentation', {
    modules: ['graphql'],
    // A span for every field that is merely read tells nothing and is most of the spans.
    config: { ignoreTrivialResolveSpans: true },
    options: {
      allowValues: flag,
      // -1: all levels.
      depth: integer(-1),
      flatResolveSpans: flag,
      ignoreResolveSpans: flag,
      ignoreTrivialResolveSpans: flag,
      mergeItems: flag,
    },
  }),
  row('grpc', 'GrpcInstrumentation', {
    modules: ['@grpc/grpc-js'],
    options: {
      ignoreGrpcMethods: list,
      'metadataToSpanAttributes.client.requestMetadata': list,
      'metadataToSpanAttributes.client.responseMetadata': list,
      'metadataToSpanAttributes.server.requestMetadata': list,
      'metadataToSpanAttributes.server.responseMetadata': list,
    },
  }),
  row('hapi', 'HapiInstrumentation', {
    modules: ['@hapi/hapi'],
    layers: { quiet: { attribute: 'hapi.type', values: ['server.ext'] } },
  }),
  row('hono', 'HonoInstrumentation', { package: 'hono', modules: ['hono'] }),
  row('host-metrics', 'HostMetricsInstrumentation', {
    modules: [],
    atBoot: true,
    off: true,
    options: { metricGroups: list },
  }),
  row('http', 'HttpInstrumentation', {
    modules: ['http', 'http2', 'https'],
    options: {
      disableIncomingRequestInstrumentation: flag,
      disableOutgoingRequestInstrumentation: flag,
      enableSyntheticSourceDetection: flag,
      'headersToSpanAttributes.client.requestHeaders': list,
      'headersToSpanAttributes.client.responseHeaders': list,
      'headersToSpanAttributes.server.requestHeaders': list,
      'headersToSpanAttributes.server.responseHeaders': list,
      redactedQueryParams: list,
      redactedQueryParamsServer: list,
      requireParentforIncomingSpans: flag,
      requireParentforOutgoingSpans: flag,
    },
  }),
  row('ioredis', 'IORedisInstrumentation', {
    modules: ['ioredis'],
    config: { dbStatementSerializer: commandOnly },
    options: { requireParentSpan },
  }),
  row('kafkajs', 'KafkaJsInstrumentation', { modules: ['kafkajs'] }),
  row('knex', 'KnexInstrumentation', {
    modules: ['knex'],
    options: { maxQueryLength: integer(-1), requireParentSpan },
  }),
  row('koa', 'KoaInstrumentation', {
    modules: ['koa'],
    layers: { config: { ignoreLayersType: ['middleware'] } },
    options: { ignoreLayersType: listOf(['middleware', 'router']) },
  }),
  row('lru-memoizer', 'LruMemoizerInstrumentation', { modules: ['lru-memoizer'] }),
  row('memcached', 'MemcachedInstrumentation', {
    modules: ['memcached'],
    options: { enhancedDatabaseReporting: flag },
  }),
  row('mongodb', 'MongoDBInstrumentation', {
    modules: ['mongodb'],
    options: { enhancedDatabaseReporting: flag, requireParentSpan },
  }),
  row('mongoose', 'MongooseInstrumentation', {
    modules: ['mongoose'],
    options: { requireParentSpan, suppressInternalInstrumentation: flag },
  }),
  row('mysql', 'MySQLInstrumentation', { modules: ['mysql'], options: { enhancedDatabaseReporting: flag } }),
  row('mysql2', 'MySQL2Instrumentation', {
    modules: ['mysql2'],
    // Else the text of a query holds the values of its parameters.
    config: { maskStatement: true },
    options: { addSqlCommenterCommentToQueries: flag, maskStatement: flag },
  }),
  row('nestjs-core', 'NestInstrumentation', {
    modules: ['@nestjs/core'],
    layers: { quiet: { attribute: 'nestjs.type', values: ['app_creation', 'request_context'] } },
  }),
  row('net', 'NetInstrumentation', { modules: ['net'], off: true }),
  row('next', 'NextInstrumentation', { package: 'next', modules: ['next'] }),
  row('openai', 'OpenAIInstrumentation', { modules: ['openai'], options: { captureMessageContent: flag } }),
  row('oracledb', 'OracleInstrumentation', {
    modules: ['oracledb'],
    options: {
      dbStatementDump: flag,
      enhancedDatabaseReporting: flag,
      propagateTraceContextToSessionAction: flag,
      requireParentSpan,
    },
  }),
  row('pg', 'PgInstrumentation', {
    modules: ['pg', 'pg-pool'],
    options: {
      addSqlCommenterCommentToQueries: flag,
      enableTraceContextPropagation: flag,
      enhancedDatabaseReporting: flag,
      ignoreConnectSpans: flag,
      requireParentSpan,
    },
  }),
  row('pino', 'PinoInstrumentation', {
    modules: ['pino'],
    options: { ...logging, 'logKeys.traceId': text, 'logKeys.spanId': text, 'logKeys.traceFlags': text },
  }),
  row('redis', 'RedisInstrumentation', {
    modules: ['redis', '@redis/client', '@node-redis/client'],
    config: { dbStatementSerializer: commandOnly },
    options: { requireParentSpan },
  }),
  row('restify', 'RestifyInstrumentation', {
    modules: ['restify'],
    layers: { quiet: { attribute: 'restify.type', values: ['middleware'] } },
  }),
  row('router', 'RouterInstrumentation', {
    modules: ['router'],
    layers: { quiet: { attribute: 'router.type', values: ['middleware', 'router'] } },
    // Express 5 is made of it.
    besides: 'express',
  }),
  row('runtime-node', 'RuntimeNodeInstrumentation', {
    modules: [],
    atBoot: true,
    options: { captureUncaughtException: flag, monitoringPrecision: size },
  }),
  row('socket.io', 'SocketIoInstrumentation', {
    modules: ['socket.io'],
    options: { emitIgnoreEventList: list, onIgnoreEventList: list, traceReserved: flag },
  }),
  row('tedious', 'TediousInstrumentation', { modules: ['tedious'], options: { enableTraceContextPropagation: flag } }),
  row('undici', 'UndiciInstrumentation', {
    modules: ['undici'],
    // `fetch` is part of Node and loads nothing.
    channel: 'undici:request:create',
    options: {
      'headersToSpanAttributes.requestHeaders': list,
      'headersToSpanAttributes.responseHeaders': list,
      requireParentforSpans: flag,
    },
  }),
  row('winston', 'WinstonInstrumentation', { modules: ['winston'], options: { ...logging, logSeverity } }),
  row('yoga', 'YogaInstrumentation', { package: 'graphql-yoga', modules: ['graphql-yoga'] }),
];
