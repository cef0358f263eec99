import { MASK, maskUrl } from './mask.ts';
import type { Rule } from './rules.ts';

/** One row of the table of settings: all that is known of a variable. */
interface Row<T> {
  readonly rule: Rule<T>;
  /** The sentence for people. Markdown, no full stop. */
  readonly doc: string;
  /** What happens while the variable is not set, where `default` alone does not say it. */
  readonly fallback?: string;
  /** The variable that speaks where this one is silent; it stands before this one in the table. */
  readonly inherits?: string;
  /** Where `OTEL_CONFIG_FILE` says the same. Below `distribution.firstlight` it is read from there by this path. */
  readonly file?: string;
  readonly unit?: 'ms' | 'items' | 'characters' | 'bytes';
  /** The value never appears in a message, a summary or a page. */
  readonly secret?: boolean;
  /** Why setting it changes nothing here. */
  readonly ignored?: string;
}

export interface Setting<T> extends Row<NonNullable<T>> {
  readonly default: T;
}

export function setting<T>(row: Row<T> & { readonly default: NoInfer<T> }): Setting<T>;
export function setting<T>(row: Row<T>): Setting<T | undefined>;
export function setting<T>(row: Row<T> & { readonly default?: T }): Setting<T | undefined> {
  return { default: undefined, ...row } as Setting<T | undefined>;
}

/** Where the distribution's own settings stand in a file. */
export const OWN_SECTION = 'distribution.firstlight';

const SHOWN = 80;

/** `NAME="value"`, short, on one line and without secrets. */
export function shown(name: string, text: string, secret: boolean | undefined): string {
  const value = secret ? MASK : maskUrl(text);
  return `${name}=${JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)}`;
}

/** A value as one would write it into the variable, but for what must not be shown. */
export function format(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.map(String).map(maskUrl).join(',') || 'none';
  if (typeof value === 'string') return maskUrl(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, entry]) => `${key}=${maskUrl(String(entry))}`);
  return pairs.join(',') || 'none';
}
