import { readConfigFile } from '../../src/config/file.ts';
import type { Catalogue } from '../../src/config/instrumentation-options.ts';
import { load, type Loaded } from '../../src/config/load.ts';
import { count, flag, list } from '../../src/config/rules.ts';

const catalogue: Catalogue = [
  {
    name: 'http',
    options: { 'headersToSpanAttributes.server.requestHeaders': list, requireParentforOutgoingSpans: flag },
  },
  { name: 'express' },
  { name: 'pg', options: { enhancedDatabaseReporting: flag, maxQueryLength: count } },
  { name: 'socket.io', options: { traceReserved: flag } },
  { name: 'aws-sdk', options: { suppressInternalInstrumentation: flag } },
];

/** As in production, but for the bundle: the file reader comes from its source. */
export const loadInTest = (env: Readonly<Record<string, string | undefined>>): Loaded =>
  load(env, catalogue, readConfigFile);
