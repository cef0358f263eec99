/** All that is derived when somebody asks for metrics. */
import type { Attributes } from '@opentelemetry/api';
import type { Derive, Derived } from '../derived.ts';
import { apdex } from './apdex.ts';
import { dependencies } from './dependencies.ts';
import { met, type Met, type Objectives } from './objectives.ts';
import { requestDurations } from './requests.ts';
import { byName, createDerivation, type Derivation } from './derivation.ts';

export interface DeriveOptions {
  /** The names of the guides, where they are wanted. */
  readonly guide: readonly Derivation[];
  /** Seconds. */
  readonly apdexThreshold: number;
  readonly objectives: Objectives;
}

export function createDerive({ guide, apdexThreshold, objectives }: DeriveOptions): Derive {
  const derivations = [...guide, ...dependencies].map(createDerivation);
  return function* (scopes) {
    const metrics = byName(scopes);
    for (const derive of derivations) yield* derive(metrics);
    const requests = requestDurations(metrics);
    yield {
      name: 'apdex_score',
      type: 'gauge',
      help: `Apdex of server requests; ${apdexThreshold} s satisfy`,
      series: new Map([[NONE, apdex(requests, apdexThreshold)]]),
    };
    yield* objectiveGauges(met(objectives, requests, metrics));
  };
}

const NONE: Attributes = {};
const labelsOfSlo = new Map<string, Attributes>();

function objectiveGauges(list: readonly Met[]): readonly Derived[] {
  if (list.length === 0) return [];
  const gauge = (name: string, help: string, value: (of: Met) => number): Derived => ({
    name,
    type: 'gauge',
    help,
    series: new Map(list.map((of) => [labelsFor(of.slo), value(of)])),
  });
  return [
    gauge('slo_objective_ratio', 'Objective: the share of server requests that shall be good', (of) => of.objective),
    gauge('slo_ratio', 'Share of server requests that are good, since the start', (of) => of.ratio),
    gauge(
      'slo_error_budget_remaining_ratio',
      'Share of the server requests that may be bad by the objective which are left',
      (of) => of.budget,
    ),
  ];
}

function labelsFor(slo: string): Attributes {
  const known = labelsOfSlo.get(slo);
  if (known !== undefined) return known;
  const labels = { slo };
  labelsOfSlo.set(slo, labels);
  return labels;
}
