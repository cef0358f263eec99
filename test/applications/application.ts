/** A real application that somebody else wrote, and what it is asked. */
export interface Application {
  /** Its folder: package.json, package-lock.json, and in `files` what it finds in its working directory. */
  readonly name: string;
  /** The entry, below `modules`, which is where its packages are, and its arguments. */
  start(port: number, modules: string): readonly string[];
  readonly env?: (port: number) => Readonly<Record<string, string>>;
  /** What it says on stdout once it answers. */
  readonly ready: RegExp;
  readonly requests: readonly Ask[];
  /** What it makes up anew every time, in answers and in what it prints. */
  readonly random?: readonly RegExp[];
}

export interface Ask {
  /** What the span is named by; default: GET. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** `http.route` of its server span, where the framework has one. */
  readonly route?: string;
  /** Over a socket of its own, as it is; the answer is all that comes until the connection is closed. */
  readonly raw?: (headers: string) => string;
  /** Closes that socket at once, without waiting for an answer. */
  readonly abort?: true;
  /** Opens a WebSocket, sends these messages, and collects what comes back. */
  readonly messages?: readonly string[];
  /** How many messages come back. */
  readonly replies?: number;
  /** The same of all its server spans in the order in which they end, where there is not just one. */
  readonly routes?: readonly (string | undefined)[];
}

/** What every server gets, whatever it makes of it. `path` is one that it knows, `route` is that path's. */
export const commonRequests = (path: string, route?: string): readonly Ask[] => {
  const known = { path, ...(route !== undefined && { route }) };
  const raw =
    (line: string, rest = '') =>
    (headers: string) =>
      `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}${rest}\r\n\r\n`;
  return [
    { ...known, method: 'HEAD' },
    { ...known, headers: { 'accept-encoding': 'gzip, br' } },
    { ...known, headers: { accept: '*/*', 'user-agent': 'curl/8', cookie: 'a=1; b=2; b=3' } },
    { ...known, path: `${path}?q=${'x'.repeat(2000)}` },
    { ...known, raw: raw(`GET ${path}`, '\r\nExpect: 100-continue') },
    // Two requests in one packet.
    {
      ...known,
      routes: [route, route],
      raw: (headers) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n` + raw(`GET ${path}`)(headers),
    },
    { ...known, raw: (headers) => `GET ${path} HTTP/1.0\r\n${headers}\r\n\r\n` },
    { path: '/', method: 'POST', raw: raw('POST /', '\r\nContent-Length: 100'), abort: true },
    { path: '/', raw: () => 'NONSENSE\r\n\r\n', routes: [] },
    { path: '/', raw: (headers) => `GET / HTTP/1.1\r\n${headers}\r\nBad Header: 1\r\n\r\n`, routes: [] },
  ];
};
