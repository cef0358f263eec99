import { parseHost, type HostAndPort } from './address.ts';
import { measuredServer, type MeasuredServer } from './few.ts';
import { queryRedactor } from './query.ts';

/** A request of undici, as its channels show it. */
export interface Request {
  readonly method: string;
  readonly origin: string | URL;
  /** With the query; a whole URL where a proxy is asked. */
  readonly path: string;
  /** Names and values in turn; one text in releases before 6. */
  headers: (string | string[])[] | string;
  addHeader?(name: string, value: string): void;
  /** The protocol to be spoken afterwards. */
  readonly upgrade?: unknown;
  onUpgrade?(status: number, ...rest: unknown[]): unknown;
}

/** Where a request goes, found out once for each origin. */
export interface Origin extends HostAndPort {
  readonly scheme: string;
  readonly measured: MeasuredServer;
}

const MAX_ORIGINS = 500;

const redactQuery = queryRedactor();

export function createOrigins(): (origin: string) => Origin {
  const known = new Map<string, Origin>();
  return (origin) => {
    const found = known.get(origin);
    if (found !== undefined) return found;
    const [scheme = '', authority = ''] = origin.split('://');
    const { host, port } = parseHost(authority, scheme);
    const made = { scheme, host, port, measured: measuredServer(host, port) };
    if (known.size < MAX_ORIGINS) known.set(origin, made);
    return made;
  };
}

/** The URL that is asked for, without what signs the request; `origin` is where it is. */
export function fullUrl({ origin, path }: Request): { readonly url: string; readonly origin: string } {
  const whole = WHOLE.exec(path)?.[0];
  const target = whole ?? String(origin);
  const rest = whole === undefined ? path : path.slice(whole.length);
  const mark = rest.indexOf('?');
  const shown = mark === -1 ? rest : `${rest.slice(0, mark + 1)}${redactQuery(rest.slice(mark + 1))}`;
  return { url: `${target}${shown}`, origin: target };
}

const WHOLE = /^https?:\/\/[^/?#]*/i;

/** There may be one by this name. */
export function setHeader(request: Request, name: string, value: string): void {
  removeHeader(request, name.toLowerCase());
  if (request.addHeader !== undefined) request.addHeader(name, value);
  else if (typeof request.headers === 'string') request.headers += `${name}: ${value}\r\n`;
  else request.headers.push(name, value);
}

function removeHeader(request: Request, name: string): void {
  const { headers } = request;
  if (typeof headers === 'string') {
    const lines = headers.split(/(?<=\r\n)/);
    request.headers = lines.filter((line) => !line.toLowerCase().startsWith(`${name}:`)).join('');
    return;
  }
  for (let i = headers.length - 2; i >= 0; i -= 2) if (isCalled(headers[i], name)) headers.splice(i, 2);
}

export function headerOf({ headers }: Request, name: string): string[] | undefined {
  const pairs = typeof headers === 'string' ? headers.split(/\r\n|: ?/) : headers;
  const values = valuesOf(pairs, name);
  return values.length > 0 ? values : undefined;
}

/** `headers` are names and values in turn. */
export function valuesOf(headers: readonly (string | string[])[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (isCalled(headers[i], name)) values.push(...[headers[i + 1] ?? ''].flat());
  }
  return values;
}

const isCalled = (given: string | string[] | undefined, name: string): boolean =>
  typeof given === 'string' && given.length === name.length && given.toLowerCase() === name;
