/** What this service depends on: the services and stores that its client spans and requests name. */
import type { Attributes } from '@opentelemetry/api';
import type { Derivation } from './derivation.ts';

function dependency(attributes: Attributes): Attributes | undefined {
  const { 'server.address': address, 'server.port': port } = attributes;
  const system = attributes['db.system.name'] ?? attributes['messaging.system'];
  const name = address ?? attributes['messaging.destination.name'] ?? system;
  if (name === undefined) return undefined;
  return { dependency: port === undefined ? String(name) : `${String(name)}:${String(port)}`, type: system ?? 'http' };
}

const LABELS = ['dependency', 'type'];

export const dependencies: readonly Derivation[] = [
  {
    name: 'dependency_requests_total',
    type: 'counter',
    help: 'Requests, operations and messages to a service or store that this one depends on',
    from: ['http.client.request.duration', 'db.client.operation.duration', 'messaging.client.sent.messages'],
    labels: LABELS,
    labelsOf: dependency,
  },
  {
    name: 'dependency_errors_total',
    type: 'counter',
    help: 'Of these, those that failed',
    from: ['http.client.request.duration', 'db.client.operation.duration', 'messaging.client.sent.messages'],
    labels: LABELS,
    labelsOf: (attributes) => (attributes['error.type'] === undefined ? undefined : dependency(attributes)),
  },
  {
    name: 'dependency_duration_seconds',
    type: 'histogram',
    help: 'How long a service or store that this one depends on takes to answer',
    from: ['http.client.request.duration', 'db.client.operation.duration'],
    labels: LABELS,
    labelsOf: dependency,
  },
];
