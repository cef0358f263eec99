/**
 * What the settings ask to be built: processors, readers, exporters, sampler, limits. The environment and
 * `OTEL_CONFIG_FILE` both end here, so that nothing behind this file asks where a value came from.
 * Times are in milliseconds, sizes in items or characters; a missing limit means no limit.
 */
export interface Pipeline {
  readonly resource: ResourcePlan;
  /** Names of the specification. Empty: none. */
  readonly propagators: readonly string[];
  readonly traces: TracesPlan;
  readonly metrics: MetricsPlan;
  readonly logs: LogsPlan;
}

export interface ResourcePlan {
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly schemaUrl?: string;
  /** Names of `names.ts`; one that asks the network only where it was named. */
  readonly detectors: readonly string[];
}

export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

export interface TracesPlan {
  /** Empty: no span is exported; spans still exist, so that logs carry trace ids and metrics have routes. */
  readonly processors: readonly Processor[];
  readonly sampler: SamplerPlan;
  readonly limits: SpanLimits;
}

export interface LogsPlan {
  readonly processors: readonly Processor[];
  readonly limits: AttributeLimits;
}

export interface MetricsPlan {
  readonly readers: readonly Reader[];
  readonly views: readonly ViewPlan[];
}

export type Processor = BatchProcessor | SimpleProcessor;

export interface BatchProcessor {
  readonly kind: 'batch';
  readonly exporter: ExporterPlan;
  readonly scheduleDelay: number;
  /** Of one attempt. */
  readonly exportTimeout: number;
  /** Only where somebody has set it: what waits is bounded by bytes. */
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize: number;
}

/** How what is sent by OTLP is put together. */
export type OtlpBatchPlan = Omit<BatchProcessor, 'kind' | 'exporter'> & { readonly exporter: OtlpExporterPlan };

export interface SimpleProcessor {
  readonly kind: 'simple';
  readonly exporter: ExporterPlan;
}

export type Reader = PeriodicReader | PrometheusReader;

export interface PeriodicReader {
  readonly kind: 'periodic';
  readonly exporter: ExporterPlan;
  readonly interval: number;
  readonly timeout: number;
}

/** Metrics served by the admin server. */
export interface PrometheusReader {
  readonly kind: 'prometheus';
  /** Not set: loopback, or all interfaces in a container. */
  readonly host?: string;
  readonly port: number;
  readonly withoutTargetInfo: boolean;
}

export type ExporterPlan = OtlpExporterPlan | { readonly kind: 'console' };

export type Protocol = 'grpc' | 'http/protobuf' | 'http/json';

export interface OtlpExporterPlan {
  readonly kind: 'otlp';
  readonly protocol: Protocol;
  /** The whole URL for HTTP, path included; scheme, host and port for gRPC. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
  readonly compression: 'gzip' | 'none';
  /** Paths of PEM files. */
  readonly certificate?: string;
  readonly clientKey?: string;
  readonly clientCertificate?: string;
  /** gRPC without TLS where the endpoint has no scheme. */
  readonly insecure: boolean;
  /** Metrics only. */
  readonly temporality?: 'cumulative' | 'delta' | 'lowmemory';
  readonly histogramAggregation?: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram';
}

export type SamplerPlan =
  | { readonly kind: 'always_on' | 'always_off' }
  | { readonly kind: 'traceidratio' | 'consistent_probability'; readonly ratio: number }
  | { readonly kind: 'rate_limiting'; readonly perSecond: number }
  | {
      readonly kind: 'jaeger_remote';
      readonly endpoint: string;
      readonly pollingInterval: number;
      readonly initialRatio: number;
    }
  | { readonly kind: 'xray'; readonly endpoint: string; readonly pollingInterval: number }
  | {
      readonly kind: 'parentbased';
      readonly root: SamplerPlan;
      readonly remoteParentSampled?: SamplerPlan;
      readonly remoteParentNotSampled?: SamplerPlan;
      readonly localParentSampled?: SamplerPlan;
      readonly localParentNotSampled?: SamplerPlan;
    };

export interface AttributeLimits {
  readonly attributeCount: number;
  readonly attributeValueLength?: number;
}

export interface SpanLimits extends AttributeLimits {
  readonly eventCount: number;
  readonly linkCount: number;
  readonly attributesPerEvent: number;
  readonly attributesPerLink: number;
}

export interface ViewPlan {
  readonly selector: {
    readonly instrumentName?: string;
    readonly instrumentType?: string;
    readonly unit?: string;
    readonly meterName?: string;
    readonly meterVersion?: string;
    readonly meterSchemaUrl?: string;
  };
  readonly name?: string;
  readonly description?: string;
  readonly aggregation?:
    | { readonly kind: 'default' | 'drop' | 'last_value' | 'sum' }
    | {
        readonly kind: 'explicit_bucket_histogram';
        readonly boundaries?: readonly number[];
        readonly recordMinMax?: boolean;
      }
    | {
        readonly kind: 'base2_exponential_bucket_histogram';
        readonly maxSize?: number;
        readonly recordMinMax?: boolean;
      };
  readonly cardinalityLimit?: number;
  readonly attributeKeys?: KeyPatterns;
}

/** Keys of attributes, in which `*` stands for any characters and `?` for one. */
export interface KeyPatterns {
  /** Absent: all. */
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
}
