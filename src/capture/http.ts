import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { HttpInstrumentation as Stock, type HttpInstrumentationConfig } from '@opentelemetry/instrumentation-http';
import { createCapture, type Capture } from './capture.ts';
import { capturedHeaders } from './captured-headers.ts';
import { messagePatches, serverPatches } from './http1.ts';
import { http2Patches } from './http2.ts';
import { ignoredPaths } from './ignore.ts';
import { createMeasurements } from './measurements.ts';
import { knownMethods } from './methods.ts';
import { patchMethod, type Patch } from './patch.ts';
import { queryRedactor } from './query.ts';
import { trust } from './trust.ts';

/** What the settings say of requests that come in. */
export interface ServerConfig {
  readonly methods: readonly string[] | undefined;
  readonly trustedProxies: readonly string[];
  readonly ignoredPaths: readonly string[];
  /** Seconds that objectives name: bounds of the durations as well. */
  readonly durationBounds: readonly number[];
  /** Whether it is a connection to our own server. */
  readonly isOurs: (connection: object) => boolean;
  /** Calls back if what is being thrown now is caught by nobody. */
  readonly whenUncaught: (call: (error: unknown) => void) => void;
}

interface Config extends HttpInstrumentationConfig {
  /** Undefined: they are not captured. */
  readonly server: ServerConfig | undefined;
}

const SCOPE = 'firstlight/http';

/** Requests that come in are captured here; those that go out are upstream's, which is told to leave the others alone. */
export class HttpInstrumentation extends Stock {
  declare private capture: Capture | undefined;
  declare private tracers: TracerProvider;

  constructor(config: Config) {
    const server = config.disableIncomingRequestInstrumentation === true ? undefined : config.server;
    super({ ...config, server, disableIncomingRequestInstrumentation: true } as Config);
  }

  override setTracerProvider(tracers: TracerProvider): void {
    super.setTracerProvider(tracers);
    this.tracers = tracers;
  }

  /** Comes last: the capture needs both providers. */
  override setMeterProvider(meters: MeterProvider): void {
    super.setMeterProvider(meters);
    const config = this.getConfig() as Config;
    const { server, headersToSpanAttributes: headers } = config;
    if (server === undefined) return;
    const isIgnoredPath = ignoredPaths(server.ignoredPaths);
    this.capture = createCapture({
      tracer: this.tracers.getTracer(SCOPE, FIRSTLIGHT_VERSION),
      measurements: createMeasurements(meters.getMeter(SCOPE, FIRSTLIGHT_VERSION), server.durationBounds),
      methods: knownMethods(server.methods),
      isTrusted: trust(server.trustedProxies),
      redactQuery: queryRedactor(config.redactedQueryParamsServer),
      requestHeaders: capturedHeaders('request', headers?.server?.requestHeaders),
      responseHeaders: capturedHeaders('response', headers?.server?.responseHeaders),
      synthetic: config.enableSyntheticSourceDetection === true,
      requireParent: config.requireParentforIncomingSpans === true,
      whenUncaught: server.whenUncaught,
      isIgnored: (path, connection) => (connection !== undefined && server.isOurs(connection)) || isIgnoredPath(path),
    });
  }

  override disable(): void {
    super.disable();
    this.capture = undefined;
  }

  override init(): ReturnType<Stock['init']> {
    const definitions = super.init();
    if ((this.getConfig() as Config).server === undefined) return definitions;
    const capture = (): Capture | undefined => this.capture;
    const messages = (): Patch[] => messagePatches(process.getBuiltinModule('node:http'), capture);
    type Servers = Parameters<typeof serverPatches>[0];
    definitions.push(
      this.patching('http', (http: Servers) => [...serverPatches(http, capture), ...messages()]),
      this.patching('https', (https: Servers) => [...serverPatches(https, capture), ...messages()]),
      this.patching('http2', (http2: Parameters<typeof http2Patches>[0]) => [
        ...http2Patches(http2, capture),
        ...messages(),
      ]),
    );
    return definitions;
  }

  /** What several modules of Node have in common is patched with the first of them. */
  private patching<T>(name: string, patches: (module: T) => readonly Patch[]): InstrumentationNodeModuleDefinition {
    let undo: (() => void)[] = [];
    return new InstrumentationNodeModuleDefinition(
      name,
      ['*'],
      (module: T) => {
        undo = patches(module).flatMap((patch) => patchMethod(patch) ?? []);
        return module;
      },
      () => undo.forEach((undoOne) => undoOne()),
    );
  }
}
