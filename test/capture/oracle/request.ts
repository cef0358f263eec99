/** One row of the table: what a client does on one connection, and on which server of the fixture. */

/** The servers of fixtures/servers.cjs. */
export type ServerName = 'plain' | 'listening' | 'impatient' | 'idle' | 'express' | 'secure' | 'v6';

/** What a client does with its connection besides sending. */
export const END = Symbol('closes it');
export const HALF = Symbol('closes its half');
export const RESET = Symbol('resets it');

/** Bytes to send, an answer to wait for, milliseconds to wait, or what is done with the connection. */
export type Step = string | Buffer | RegExp | number | typeof END | typeof HALF | typeof RESET;

export interface Row {
  readonly name: string;
  /** Default: `plain`. */
  readonly to?: ServerName;
  /** After the last step the client waits until the server closes. */
  readonly steps: readonly Step[];
}

/** Stands for a traceparent header by which the spans of a row are found. */
export const TRACED = 'Traceparent: §';

/** The head of a request that is the last of its connection. */
export const head = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: shop.example:8080', TRACED, 'Connection: close', ...headers, '', ''].join('\r\n');

/** The same on a connection that stays open. */
export const kept = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: shop.example:8080', TRACED, ...headers, '', ''].join('\r\n');

/** The same with headers of its own only, and any version. */
export const bare = (line: string, ...headers: readonly string[]): string =>
  [line, TRACED, ...headers, '', ''].join('\r\n');
