import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { InstrumentationNodeModuleDefinition, isWrapped } from '@opentelemetry/instrumentation';
import { HttpInstrumentation as Stock, type HttpInstrumentationConfig } from '@opentelemetry/instrumentation-http';
import { capturedHeaders } from './attributes.ts';
import { createCapture, type Capture } from './capture.ts';
import { http2Patches } from './http2.ts';
import { ignoredPaths } from './ignore.ts';
import { createMeasurements } from './measurements.ts';
import { knownMethods } from './methods.ts';
import { queryRedactor } from './query.ts';
import { messagePatches, serverEmit, type Method, type Patch } from './server.ts';
import { trust } from './trust.ts';

/** What the settings say of requests that come in. */
export interface ServerConfig {
  readonly methods: readonly string[] | undefined;
  readonly trustedProxies: readonly string[];
  readonly ignoredPaths: readonly string[];
  /** Whether it is a connection to our own server. */
  readonly isOurs: (socket: object) => boolean;
}

interface Config extends HttpInstrumentationConfig {
  readonly server: ServerConfig;
}

const SCOPE = 'firstlight/http';

/** Requests that come in are captured here; those that go out are upstream's. */
export class HttpInstrumentation extends Stock {
  declare capture: Capture | undefined;
  declare private tracers: TracerProvider;

  override setTracerProvider(tracers: TracerProvider): void {
    super.setTracerProvider(tracers);
    this.tracers = tracers;
  }

  override setMeterProvider(meters: MeterProvider): void {
    super.setMeterProvider(meters);
    const config = this.getConfig() as Config;
    const { server, headersToSpanAttributes: headers } = config;
    const isIgnored = ignoredPaths(server.ignoredPaths);
    this.capture = createCapture({
      tracer: this.tracers.getTracer(SCOPE, FIRSTLIGHT_VERSION),
      measurements: createMeasurements(meters.getMeter(SCOPE, FIRSTLIGHT_VERSION)),
      methods: knownMethods(server.methods),
      isTrusted: trust(server.trustedProxies),
      redactQuery: queryRedactor(config.redactedQueryParamsServer),
      requestHeaders: capturedHeaders('request', headers?.server?.requestHeaders),
      responseHeaders: capturedHeaders('response', headers?.server?.responseHeaders),
      synthetic: config.enableSyntheticSourceDetection === true,
      requireParent: config.requireParentforIncomingSpans === true,
      ignores: (target, socket) => (socket !== undefined && server.isOurs(socket)) || isIgnored?.(target) === true,
    });
  }

  override init(): ReturnType<Stock['init']> {
    const definitions = super.init();
    if (this.getConfig().disableIncomingRequestInstrumentation === true) return definitions;
    const capture = (): Capture | undefined => this.capture;
    const messages = (): Patch[] => messagePatches(process.getBuiltinModule('node:http'), capture);
    definitions.push(
      this.patching('http', messages),
      this.patching('https', messages),
      this.patching('http2', (http2: Parameters<typeof http2Patches>[0]) => [
        ...http2Patches(http2, capture),
        ...messages(),
      ]),
    );
    return definitions;
  }

  /** What several modules of Node have in common is patched with the first of them. */
  private patching<T>(name: string, patches: (module: T) => readonly Patch[]): InstrumentationNodeModuleDefinition {
    let undo: Patch[] = [];
    return new InstrumentationNodeModuleDefinition(
      name,
      ['*'],
      (module: T) => {
        undo = patches(module).filter(([target, key]) => !isWrapped((target as Record<string, unknown>)[key]));
        for (const [target, key, wrapper] of undo) this._wrap(target as Record<string, Method>, key, wrapper);
        return module;
      },
      () => {
        for (const [target, key] of undo) this._unwrap(target as Record<string, Method>, key);
      },
    );
  }
}

/** What is private in the original: it wraps `emit` of the servers of `node:http` and `node:https` in this. */
interface Incoming {
  _getPatchIncomingRequestFunction(component: string): (emit: Method) => Method;
}

(HttpInstrumentation.prototype as unknown as Incoming)._getPatchIncomingRequestFunction = function (
  this: HttpInstrumentation,
) {
  return (emit) => serverEmit(emit, () => this.capture);
};
