/**
 * The operations of databases, as client spans tell of them. One counts once: what lies above another (knex above pg, a
 * pool of mysql above its connection) is none. Commands of a pipeline or a transaction are one each.
 */
import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createSeries } from '../series.ts';
import {
  addressOf,
  collectionOf,
  isKeyValue,
  isOperation,
  namespaceOf,
  operationOf,
  portOf,
  statementOf,
  type BegunSpan,
} from './database-span.ts';
import { systemOf } from './system-of.ts';
import { errorTypeOf } from './error-type.ts';
import { counter, histogram } from './instrument.ts';
import { createRepetitions, type Repetitions } from './n-plus-one.ts';
import { ownContext } from './own-context.ts';

export interface DatabaseOptions {
  /** Milliseconds from which on a statement is slow: a bound of the histogram. */
  readonly slowQuery: number;
}

export interface Databases {
  begin(span: BegunSpan): void;
  end(span: ReadableSpan): void;
}

interface Operation {
  readonly system: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly collection: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly errorType: string | undefined;
}

export function createDatabases(meter: Meter, { slowQuery }: DatabaseOptions): Databases {
  let duration: Histogram | undefined;
  let suspects: Counter | undefined;
  const seriesOf = createSeries(attributesOf);
  const suspectSeriesOf = createSeries(attributesOfSuspect);
  /** By the context of the span above, which is one object for all that lie below. */
  const below = new WeakMap<object, Repetitions>();

  const count = (span: ReadableSpan, operation: Operation): void => {
    const context = ownContext(span);
    const [seconds, nanoseconds] = span.duration;
    duration ??= histogram(meter, 'db.client.operation.duration', [slowQuery / 1000]);
    duration.record(seconds + nanoseconds / 1e9, seriesOf(textOf(operation), operation), context);
  };
  const suspect = (span: ReadableSpan, operation: Operation): void => {
    suspects ??= counter(meter, 'firstlight.db.n_plus_one');
    suspects.add(1, suspectSeriesOf(textOfSuspect(operation), operation), ownContext(span));
  };

  return {
    begin(span) {
      const above = span.parentSpanContext;
      if (above !== undefined && isOperation(span) && !below.has(above)) below.set(above, createRepetitions());
    },
    end(span) {
      if (!isOperation(span)) return;
      const operation = read(span);
      if (!below.has(span.spanContext())) count(span, operation);
      const repeated = span.parentSpanContext && below.get(span.parentSpanContext);
      const statement = repeated && asksFor(span, operation);
      if (statement !== undefined && repeated?.isTenth(statement) === true) suspect(span, operation);
    },
  };
}

function read(span: ReadableSpan): Operation {
  const { attributes } = span;
  const system = systemOf(attributes);
  return {
    system,
    namespace: namespaceOf(attributes),
    name: operationOf(span),
    collection: collectionOf(attributes),
    address: addressOf(attributes),
    port: portOf(attributes),
    errorType: errorTypeOf(span, system),
  };
}

/**
 * What makes operations the same; undefined where that cannot be told. The text of MongoDB's is without a collection.
 * Of keys and values a look-up for each of many things is the usual way, and the commands are without keys.
 */
function asksFor({ attributes }: ReadableSpan, { system, collection }: Operation): string | undefined {
  if (isKeyValue(system)) return undefined;
  const statement = statementOf(attributes);
  return statement === undefined || collection === undefined ? statement : `${collection} ${statement}`;
}

const textOf = ({ system, namespace, name, collection, address, port, errorType }: Operation): string =>
  `${system}\n${namespace}\n${name}\n${collection}\n${address}\n${port}\n${errorType}`;

function attributesOf({ system, namespace, name, collection, address, port, errorType }: Operation): Attributes {
  const attributes: Attributes = {};
  if (system !== undefined) attributes['db.system.name'] = system;
  if (namespace !== undefined) attributes['db.namespace'] = namespace;
  if (name !== undefined) attributes['db.operation.name'] = name;
  if (collection !== undefined) attributes['db.collection.name'] = collection;
  if (address !== undefined) attributes['server.address'] = address;
  if (port !== undefined) attributes['server.port'] = port;
  if (errorType !== undefined) attributes['error.type'] = errorType;
  return attributes;
}

const textOfSuspect = ({ system, name, collection }: Operation): string => `${system}\n${name}\n${collection}`;

function attributesOfSuspect({ system, name, collection }: Operation): Attributes {
  const attributes: Attributes = {};
  if (system !== undefined) attributes['db.system.name'] = system;
  if (name !== undefined) attributes['db.operation.name'] = name;
  if (collection !== undefined) attributes['db.collection.name'] = collection;
  return attributes;
}
