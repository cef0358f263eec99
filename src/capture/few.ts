/**
 * Values that others choose (the name of an error, a host) make series that live as long as the process: the first ones
 * are measured by name.
 */
import { OTHER } from './methods.ts';

const MAX_ERRORS = 100;
const MAX_SERVERS = 200;

/** Where a request goes, as the metrics have it. */
export interface MeasuredServer {
  readonly 'server.address': string;
  readonly 'server.port'?: number;
}

/** The first `max` values as they are. */
function few(max: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= max) return OTHER;
    known.add(value);
    return value;
  };
}

/** For `error.type` of metrics. */
export const measuredError = few(MAX_ERRORS);

const servers = few(MAX_SERVERS);

export function measuredServer(host: string, port: number | undefined): MeasuredServer {
  if (servers(`${host}:${port}`) === OTHER) return { 'server.address': OTHER };
  return { 'server.address': host, ...(port !== undefined && { 'server.port': port }) };
}
