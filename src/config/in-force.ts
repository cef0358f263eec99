import type { Loaded } from './load.ts';
import { MASK } from './mask.ts';
import { DEFAULT, formatOrigin, fromFile, isDefault, type Origin } from './origin.ts';
import { rows } from './schema.ts';
import { format } from './setting.ts';

/** The settings in force as they may be shown: to `firstlight config`, `status()` and `/status`. */
export interface InForce {
  readonly name: string;
  /** Without secrets; not set where there is no value. */
  readonly value: string | undefined;
  /** What holds where there is no value, in words. */
  readonly otherwise?: string;
  readonly origin: string;
  /** The same value once more, under the name of a signal. */
  readonly repeats: boolean;
}

/** With a file the pipeline is shown as it was read: the variables that would describe it do not count. */
export function inForce({ config, origins }: Loaded): InForce[] {
  const originOf = (name: string): Origin => origins[name] ?? DEFAULT;
  const settings = Object.entries(config.settings).map(([name, value]) => settingLine(name, value, originOf(name)));
  const options = Object.entries(config.instrumentations).flatMap(([name, { enabled, options }]) =>
    flatten({ ...(enabled === undefined ? {} : { enabled }), ...options }, `instrumentation.${name}`, originOf),
  );
  const path = config.settings.OTEL_CONFIG_FILE;
  if (path === undefined) return [...settings, ...options];
  const beside = settings.filter(({ name }) => !isDefault(originOf(name)) || isBesideThePipeline(name));
  const pipeline = config.unusable ? [] : flatten(config.pipeline, '', () => fromFile(path));
  return [...beside, ...pipeline, ...options];
}

const isBesideThePipeline = (name: string): boolean =>
  /^(disabled|log_level|distribution\.)/.test(rows.get(name)?.file ?? '');

function settingLine(name: string, value: unknown, origin: Origin): InForce {
  const row = rows.get(name);
  const isGiven =
    value !== undefined && (Array.isArray(value) || typeof value !== 'object' || Object.keys(value ?? {}).length > 0);
  return {
    name,
    value: isGiven ? (row?.secret ? MASK : format(value)) : undefined,
    ...(row?.fallback !== undefined && { otherwise: row.fallback }),
    origin: formatOrigin(origin),
    repeats:
      (row?.inherits !== undefined && (isDefault(origin) || origin.via !== undefined)) ||
      (!isGiven && row?.fallback?.startsWith('OTEL_') === true),
  };
}

/** One line for each value below: `traces.processors[0].exporter.endpoint`. */
function flatten(value: unknown, path: string, originOf: (name: string) => Origin): InForce[] {
  if (
    typeof value !== 'object' ||
    value === null ||
    (Array.isArray(value) && value.every((entry) => typeof entry !== 'object'))
  ) {
    const shown = path.includes('.headers.') ? MASK : format(value);
    return [{ name: path, value: shown, origin: formatOrigin(originOf(path)), repeats: false }];
  }
  const step = (key: string): string => (Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`);
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, `${path}${step(key)}`, originOf));
}
