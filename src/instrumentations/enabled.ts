import type { Row } from './catalogue.ts';

export interface Choice {
  /** OTEL_NODE_ENABLED_INSTRUMENTATIONS: these and no others. */
  readonly enabled: readonly string[] | undefined;
  /** OTEL_NODE_DISABLED_INSTRUMENTATIONS; stronger than `enabled`. */
  readonly disabled: readonly string[] | undefined;
  /** What the settings of a single row say; stronger than both lists. */
  readonly rows: Readonly<Record<string, { readonly enabled?: boolean }>>;
}

export function enabledRows(catalogue: readonly Row[], { enabled, disabled, rows }: Choice): Row[] {
  return catalogue.filter(({ name, off }) => {
    const chosen = Object.hasOwn(rows, name) ? rows[name]?.enabled : undefined;
    if (chosen !== undefined) return chosen;
    if (disabled?.includes(name)) return false;
    return enabled === undefined ? off !== true : enabled.includes(name);
  });
}
