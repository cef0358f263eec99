import { readFileSync, statSync } from 'node:fs';
import { leavingOut, split, type Parsed, type Rule } from './rules.ts';

/** The rules only the OTLP exporter and the resource need: pairs, endpoints, PEM files. */

/** `key=value` pairs, percent-encoded; `accepts` looks at a decoded pair. A bad pair is left out alone. */
function pairs(
  accepts: (key: string, value: string) => boolean,
  name: (bad: { entry: string; place: number }) => string,
  read: (entry: string) => readonly [string, string] | undefined,
  expected: string,
): Rule<Readonly<Record<string, string>>> {
  return {
    expected,
    parse(given): Parsed<Record<string, string>> | undefined {
      const good: [string, string][] = [];
      const bad: string[] = [];
      for (const [index, entry] of split(given).entries()) {
        const pair = read(entry);
        const decoded = pair && decode(pair);
        if (decoded && accepts(...decoded)) good.push(decoded);
        else bad.push(name({ entry, place: index + 1 }));
      }
      if (good.length === 0) return undefined;
      const value = Object.fromEntries(good);
      return bad.length === 0 ? { value } : { value, complaint: `expected ${expected}; ${leavingOut(bad)}` };
    },
  };
}

function decode([key, value]: readonly [string, string]): [string, string] | undefined {
  try {
    return [decodeURIComponent(key.trim()), decodeURIComponent(value.trim())];
  } catch {
    return undefined;
  }
}

/** https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable */
export const attributes = pairs(
  (key) => key !== '',
  ({ entry }) => entry,
  (entry) => {
    const [key, value, ...more] = entry.split('=');
    return key === undefined || value === undefined || more.length > 0 ? undefined : [key, value];
  },
  'key=value pairs separated by commas, with "," and "=" percent-encoded',
);

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

/** The form of W3C baggage without its metadata; entries are named by their place, for they hold secrets. */
export const headers = pairs(
  (name, value) => HEADER_NAME.test(name) && HEADER_VALUE.test(value),
  ({ place }) => `entry ${place}`,
  (entry) => {
    const pair = entry.split(';', 1)[0] ?? '';
    const at = pair.indexOf('=');
    return at <= 0 ? undefined : [pair.slice(0, at), pair.slice(at + 1)];
  },
  'name=value pairs separated by commas, values percent-encoded',
);

export const HTTP_ENDPOINT = 'http://localhost:4318';
export const GRPC_ENDPOINT = 'http://localhost:4317';

/** Whether the protocol takes it is decided where the protocol is known. */
export const endpoint: Rule<string> = {
  expected: 'an http:// or https:// URL (for gRPC also host:port)',
  parse(given) {
    if (/^unix:/i.test(given) || isHostAndPort(given)) return { value: given };
    return /^https?:\/\//i.test(given) && URL.canParse(given) ? { value: given } : undefined;
  },
};

/** Scheme, host and port; `host:port` alone and `unix:` stay as they are. */
export const grpcEndpoint: Rule<string> = {
  expected: 'scheme://host:port or host:port',
  parse(given) {
    if (endpoint.parse(given) === undefined) return undefined;
    if (!/^https?:/i.test(given)) return { value: given };
    const { protocol, host, pathname, search, username } = new URL(given);
    const value = `${protocol}//${host}`;
    const isBare = pathname === '/' && search === '' && username === '';
    return isBare ? { value } : { value, complaint: `gRPC takes scheme, host and port alone, using ${value}` };
  },
};

const isHostAndPort = (given: string): boolean =>
  /^(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}$/i.test(given) && URL.canParse(`http://${given}`);

const LARGEST_PEM = 1_000_000;

/** Read here once, so that a bad file is a line at the start and not an error of every export. */
export const pemFile: Rule<string> = {
  expected: 'the path of a readable PEM file',
  parse(path) {
    try {
      const { size } = statSync(path);
      if (size > LARGEST_PEM || !statSync(path).isFile()) return undefined;
      return readFileSync(path, 'latin1').includes('-----BEGIN ') ? { value: path } : undefined;
    } catch {
      return undefined;
    }
  },
};
