/**
 * What client spans say of a database, whichever instrumentation has made them: by the stable conventions or by those
 * before, with an operation or with a statement alone.
 */
import { SpanKind, type Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { nameIn } from './name-in.ts';
import { systemOf } from './system-of.ts';
import { verbOf } from './sql.ts';

/** What is there when a span begins already. */
export type BegunSpan = Pick<
  ReadableSpan,
  'kind' | 'name' | 'attributes' | 'instrumentationScope' | 'parentSpanContext' | 'spanContext'
>;

/**
 * Whether a client span of that name is an operation, where others of the same scope are connections or parts of one. Of
 * scopes that are not here (mysql, mysql2, mongodb, tedious, cassandra-driver, memcached, the application's own) all are;
 * what lies above an operation, as knex, is told by that (databases.ts).
 */
const operations = new Map<string, (name: string) => boolean>([
  [upstream('pg'), (name) => name.startsWith('pg.query')],
  [upstream('redis'), (name) => name !== 'redis-connect'],
  [upstream('ioredis'), (name) => name !== 'connect'],
  // The messages of an operation have spans of their own.
  [upstream('oracledb'), (name) => name.startsWith('oracledb.Connection.execute')],
  // Those of the driver lie beside, not below.
  [upstream('mongoose'), () => false],
]);

function upstream(name: string): string {
  return `@opentelemetry/instrumentation-${name}`;
}

export function isOperation({ kind, name, attributes, instrumentationScope }: BegunSpan): boolean {
  return (
    kind === SpanKind.CLIENT &&
    systemOf(attributes) !== undefined &&
    (operations.get(instrumentationScope.name)?.(name) ?? true)
  );
}

export const namespaceOf = (attributes: Attributes): string | undefined =>
  nameIn(attributes['db.namespace'] ?? attributes['db.name']);

export const collectionOf = (attributes: Attributes): string | undefined =>
  nameIn(attributes['db.collection.name'] ?? attributes['db.sql.table'] ?? attributes['db.mongodb.collection']);

/** Their commands are no statements, though some have the names of such. */
const KEY_VALUE = new Set<string | undefined>(['redis', 'memcached']);

export const isKeyValue = (system: string | undefined): boolean => KEY_VALUE.has(system);

/**
 * Of SQL the verb of the statement: some drivers name a method of theirs (`execSql`, `first`), others nothing. The one of
 * Cassandra has neither, as long as it does not report statements: `execute`, `batch` or `stream`.
 */
export function operationOf({ name, attributes, instrumentationScope }: BegunSpan): string | undefined {
  const verb = isKeyValue(systemOf(attributes)) ? undefined : verbOf(statementOf(attributes));
  if (verb !== undefined) return verb;
  const told = nameIn(attributes['db.operation.name'] ?? attributes['db.operation']);
  return told ?? (instrumentationScope.name === CASSANDRA ? name.replace('cassandra-driver.', '') : undefined);
}

const CASSANDRA = upstream('cassandra-driver');

export function statementOf(attributes: Attributes): string | undefined {
  const statement = attributes['db.query.text'] ?? attributes['db.statement'];
  return typeof statement === 'string' ? statement : undefined;
}

export const addressOf = (attributes: Attributes): string | undefined =>
  nameIn(attributes['server.address'] ?? attributes['net.peer.name']);

export function portOf(attributes: Attributes): number | undefined {
  const port = attributes['server.port'] ?? attributes['net.peer.port'];
  return typeof port === 'number' ? port : undefined;
}
