/** Writes the generated pages of docs/; `--check` fails where one is stale. */
import './docs-configuration.ts';
import './docs-instrumentations.ts';
import './docs-metrics.ts';
