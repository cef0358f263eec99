import { createNoopMeter, type Meter, type MeterProvider, type MetricOptions } from '@opentelemetry/api';
import { catalogue, type Row } from '../metrics/catalogue.ts';
import { optionsOf } from '../metrics/instrument.ts';

const CREATE = [
  'createGauge',
  'createHistogram',
  'createCounter',
  'createUpDownCounter',
  'createObservableGauge',
  'createObservableCounter',
  'createObservableUpDownCounter',
] as const;

const rows: Readonly<Record<string, Row | undefined>> = catalogue;

/**
 * The provider for instrumentations: a metric is the same whoever measures it, so its text, unit and bounds are those of
 * the catalogue, and what is measured `elsewhere` is not measured twice.
 */
export const metersByCatalogue = (provider: MeterProvider, elsewhere: ReadonlySet<string>): MeterProvider => ({
  getMeter(...scope) {
    const meter = provider.getMeter(...scope);
    const make = meter as unknown as Makers;
    const wrapped = Object.create(meter) as Makers;
    for (const create of CREATE) {
      wrapped[create] = (name, options) =>
        elsewhere.has(name) ? drop[create](name) : make[create](name, asInCatalogue(name, options));
    }
    return wrapped as unknown as Meter;
  },
});

/** A meter, with no difference between its kinds of instruments. */
type Makers = Record<(typeof CREATE)[number], (name: string, options?: MetricOptions) => unknown>;

const drop = createNoopMeter() as unknown as Makers;

function asInCatalogue(name: string, options: MetricOptions | undefined): MetricOptions | undefined {
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
  return row === undefined ? options : { ...options, ...optionsOf(row) };
}
