/**
 * What is changed in other people's packages on their way into the bundle, each with the reason. A change that no longer
 * finds its place fails the build, so that an update cannot undo it in silence.
 */
import { join } from 'node:path';

interface Patch {
  readonly file: RegExp;
  readonly find: RegExp;
  readonly replace: string;
  /** Goes before the file. */
  readonly preamble?: string;
}

const ours = (path: string): string => JSON.stringify(join(import.meta.dirname, '../src', path));

const STORAGE = `import { keptInPlace } from ${ours('signals/storage.ts')};\n`;
const EXEMPLARS = `import { noteExemplar } from ${ours('signals/exemplars.ts')};\n`;

const ERROR_TYPE = join(import.meta.dirname, '../src/instrumentations/error-type.ts');
const IMPORT_NOTE_ERROR = `import { noteError } from ${JSON.stringify(ERROR_TYPE)};\n`;

const UNREF = 'const setTimeout = (...args) => globalThis.setTimeout(...args).unref();\n';

const patches: readonly Patch[] = [
  // Their build hides lazy requires behind a `createRequire` of its own; at run time those packages are not there.
  {
    file: /@opentelemetry[\\/].*\.mjs$/,
    find: /import \{([^}]*)\b__require\b,?([^}]*)\} from "([^"]*runtime\.mjs)";/,
    replace: 'import {$1$2} from "$3";',
  },
  { file: /@opentelemetry[\\/].*\.mjs$/, find: /\b__require\((?=")/g, replace: 'require(' },
  // Complaints of an instrumentation go where all of OpenTelemetry's go; the console is the application's.
  {
    file: /@opentelemetry[\\/]instrumentation[\\/]dist[\\/]shimmer\.mjs$/,
    find: /console\.error\.bind\(console\)/,
    replace: '(message) => diag.debug(String(message))',
    preamble: `import { diag } from '@opentelemetry/api';\n`,
  },
  // All are given a provider; what they would make before, by that of the application, would be there twice.
  {
    file: /@opentelemetry[\\/]instrumentation[\\/]dist[\\/]instrumentation\.mjs$/,
    find: /this\._meter = metrics\.getMeter\(instrumentationName, instrumentationVersion\);/,
    replace: 'this._meter = createNoopMeter();',
    preamble: `import { createNoopMeter } from '@opentelemetry/api';\n`,
  },
  // What is measured often comes with attributes that know already which series they are: see src/series.ts.
  {
    file: /@opentelemetry[\\/]sdk-metrics[\\/]dist[\\/]utils\.mjs$/,
    find: /function hashAttributes\(attributes\) \{/,
    replace: `$& const series = attributes[SERIES]; if (series !== undefined) return series;`,
    preamble: `const SERIES = Symbol.for('firstlight.series');\n`,
  },
  // Said before, with what is used instead: see src/signals/guard/descriptor.ts.
  {
    file: /@opentelemetry[\\/]sdk-metrics[\\/]dist[\\/]InstrumentDescriptor\.mjs$/,
    find: /if \(!isValidName\(name\)\) diag\.warn\(`Invalid metric name[^`]*`\);/,
    replace: '',
  },
  // What is measured is kept in place: see src/signals/storage.ts.
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]A?[Ss]yncMetricStorage\.mjs$/,
    find: /this\._temporalMetricStorage = [^;]+;/,
    replace: '$& this._inPlace = keptInPlace(this, aggregator, collectorHandles);',
    preamble: STORAGE,
  },
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]A?[Ss]yncMetricStorage\.mjs$/,
    find: /collect\(collector, collectionTime\) \{/,
    replace: '$& if (this._inPlace !== undefined) return this._inPlace.collect(collectionTime);',
  },
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]AsyncMetricStorage\.mjs$/,
    find: /this\._deltaMetricStorage\.batchCumulate\(/g,
    replace:
      '(this._inPlace !== undefined ? this._inPlace.observe : this._deltaMetricStorage.batchCumulate.bind(this._deltaMetricStorage))(',
  },
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]SyncMetricStorage\.mjs$/,
    find: /this\._deltaMetricStorage\.record\(value, attributes, recordTime\);/,
    replace: 'this._deltaMetricStorage.record(value, attributes, recordTime, this._inPlace?.spanOf(context$$1));',
  },
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]DeltaMetricProcessor\.mjs$/,
    find: /record\(value, attributes, collectionTime\) \{/,
    replace: 'record(value, attributes, collectionTime, span) {',
  },
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]DeltaMetricProcessor\.mjs$/,
    find: /accumulation\?\.record\(value\);(?=\s*\}\s*batchCumulate)/,
    replace: '$& if (span !== undefined) noteExemplar(accumulation, value, span, collectionTime);',
    preamble: EXEMPLARS,
  },
  // Where the values are deltas for one reader and cumulative for another, what waits for one that never comes would grow.
  {
    file: /sdk-metrics[\\/]dist[\\/]state[\\/]TemporalMetricProcessor\.mjs$/,
    find: /stash\.push\(currentAccumulation\);/,
    replace: `$& if (stash.length > 8) {
      const all = stash.reduce((sum, next) => TemporalMetricProcessor.merge(sum, next, this._aggregator), new AttributeHashMap());
      this._unreportedAccumulations.set(collector, [all]);
    }`,
  },
  // A set to find cycles with, for each text and number of each span.
  {
    file: /@opentelemetry[\\/]core[\\/]dist[\\/]common[\\/]attributes\.mjs$/,
    find: /function isAnyValue\(val\) \{/,
    replace: `$& if (typeof val === 'string' || typeof val === 'number') return true;`,
  },
  // An array for each attribute of each span, and all of them looked at twice: of the second time only limits come, which
  // few spans reach.
  {
    file: /@opentelemetry[\\/]core[\\/]dist[\\/]common[\\/]attributes\.mjs$/,
    find: /for \(const \[key, val\] of Object\.entries\(inAttributes\)\) \{/,
    replace: `for (const key of Object.keys(inAttributes)) { const val = inAttributes[key];`,
  },
  {
    file: /@opentelemetry[\\/]sdk-trace[\\/]dist[\\/]Tracer\.mjs$/,
    find: /const attrsData2 = (cleanAttributes\(Object\.assign\(attributes, samplingResult\.attributes\), this\._spanLimits\));/,
    replace: `const isWithin = samplingResult.attributes === undefined && this._spanLimits.attributeValueLengthLimit === Infinity
      && Object.keys(attributes).length <= this._spanLimits.attributeCountLimit;
      const attrsData2 = isWithin ? { attributes, droppedAttributesCount: 0 } : $1;`,
  },
  // For each line of the log a stream of Node's would make bytes of it, and text of them again.
  {
    file: /instrumentation-pino[\\/]dist[\\/]log-sending-utils\.mjs$/,
    find: /_write\(s, _encoding, callback\) \{/,
    replace: `write(s) { this._write(s, 'utf8', () => {}); return true; }\n$&`,
  },
  // By W3C Trace Context all of a trace has the flag that says that its id is random, or nothing has.
  {
    file: /@opentelemetry[\\/]sdk-trace[\\/]dist[\\/]Tracer\.mjs$/,
    find: /const traceFlags = ([^;]+);/,
    replace: 'const traceFlags = ($1) | ((validParentSpanContext?.traceFlags ?? 0) & 2);',
  },
  // An object would be made of headers that are a list, and Node throws at what no header can carry.
  {
    file: /@opentelemetry[\\/]instrumentation-http[\\/]dist[\\/]http\.mjs$/,
    find: /if \(!optionsParsed\.headers\)[^;]+;[^;]+;\s*propagation\.inject\(requestContext, optionsParsed\.headers\);/,
    replace: 'optionsParsed.headers = withContext(optionsParsed.headers, requestContext);',
    preamble: `import { withContext } from ${ours('capture/outgoing-headers.ts')};\n`,
  },
  // An application may ask as many hosts as its users name, and errors have any name: each would be a series for good.
  {
    file: /@opentelemetry[\\/]instrumentation-http[\\/]dist[\\/]http\.mjs$/,
    find: /\[ATTR_SERVER_ADDRESS\]: attributes\[ATTR_SERVER_ADDRESS\],\s*\[ATTR_SERVER_PORT\]: attributes\[ATTR_SERVER_PORT\]/,
    replace: '...measuredServer(attributes[ATTR_SERVER_ADDRESS], attributes[ATTR_SERVER_PORT])',
    preamble: `import { measuredError, measuredServer } from ${ours('capture/few.ts')};\n`,
  },
  {
    file: /@opentelemetry[\\/]instrumentation-http[\\/]dist[\\/]http\.mjs$/,
    find: /metricAttributes\[ATTR_ERROR_TYPE\] = error\.name;/,
    replace: 'metricAttributes[ATTR_ERROR_TYPE] = measuredError(String(error.name));',
  },
  // Of what failed they keep a message, which tells no deadlock from a duplicate.
  ...['mysql', 'mysql2', 'mongodb'].map((name) => ({
    file: new RegExp(`instrumentation-${name}[\\\\/]dist[\\\\/]instrumentation\\.mjs$`),
    find: /\((err(?:or)?)( instanceof Error)?\)( =>)? span\.setStatus\(/g,
    replace: '($1$2)$3 noteError(span, $1).setStatus(',
    preamble: IMPORT_NOTE_ERROR,
  })),
  ...['instrumentation', 'utils'].map((name) => ({
    file: new RegExp(`instrumentation-pg[\\\\/]dist[\\\\/]${name}\\.mjs$`),
    find: /span\.recordException\((sanitizedErrorMessage\((\w+)\))\)/g,
    replace: 'noteError(span, $2).recordException($1)',
    preamble: IMPORT_NOTE_ERROR,
  })),
  // A receiver that comes back is found by us: the channel itself would wait for up to two minutes.
  {
    file: /otlp-grpc-exporter-base[\\/]dist[\\/]grpc-exporter-transport\.mjs$/,
    find: /"grpc\.primary_user_agent": createUserAgent\(this\._parameters\.userAgent\)/,
    replace:
      '$&, "grpc.use_local_subchannel_pool": 1, "grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 1000',
  },
  // Timeouts and retries would hold a process that is done: with no collector a script would end 9 s late.
  { file: /@opentelemetry[\\/].*\.mjs$/, find: /(?<!\.)\bsetTimeout\(/, replace: 'setTimeout(', preamble: UNREF },
  { file: /@grpc[\\/]grpc-js[\\/].*\.js$/, find: /(?<!\.)\bsetTimeout\(/, replace: 'setTimeout(', preamble: UNREF },
  // The same for a collector that never answers: connections and calls of gRPC hold the process for their deadline.
  { file: /grpc-js[\\/]build[\\/]src[\\/]transport\.js$/, find: /this\.session\.ref\(\);/, replace: '' },
  {
    file: /grpc-js[\\/]build[\\/]src[\\/]transport\.js$/,
    find: /socket\.once\('close', closeCallback\);/,
    replace: `$& socket.unref();`,
  },
  {
    file: /grpc-js[\\/]build[\\/]src[\\/]internal-channel\.js$/,
    find: /\(_d = \(_c = this\.callRefTimer\)\.ref\) === null \|\| _d === void 0 \? void 0 : _d\.call\(_c\);/,
    replace: '',
  },
];

export const PATCHED_PACKAGES = /@opentelemetry[\\/].*\.mjs$|@grpc[\\/]grpc-js[\\/].*\.js$/;

const applied = new Set<Patch>();

export function patchUpstream(path: string, source: string): string {
  let result = source;
  for (const patch of patches) {
    if (!patch.file.test(path) || result.search(patch.find) === -1) continue;
    applied.add(patch);
    result = (patch.preamble ?? '') + result.replace(patch.find, patch.replace);
  }
  return result;
}

export function assertAllPatched(): void {
  for (const patch of patches) {
    if (!applied.has(patch)) throw new Error(`upstream has changed: nothing in ${patch.file} matches ${patch.find}`);
  }
}
