/**
 * OTLP by HTTP/1.1. Not upstream's transport: its timeout begins anew with every byte of an answer that drips, an answer
 * that is cut off counts as success, and it retries where nobody can look in. The process never waits for a socket.
 */
import { clearTimeout, setTimeout } from 'node:timers';
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import type * as http from 'node:http';
import type * as https from 'node:https';
import { Socket } from 'node:net';
import { readAnswer } from './answer.ts';
import { bearable, failed, type Outcome } from './outcome.ts';
import { readPem } from './pem.ts';
import type { Destination, Transport } from './transport.ts';
import { USER_AGENT } from './user-agent.ts';

/** Bytes of an answer that are read; a partial success has a sentence. */
const LARGEST_ANSWER = 65_536;
/** https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const BUSY = new Set([429, 502, 503, 504]);
/** Errors of a connection that was there. */
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

export function createHttpTransport({ plan }: Destination, timeout: number): Transport {
  const url = new URL(plan.endpoint);
  const secure = url.protocol === 'https:';
  const { Agent, request, globalAgent } = (
    secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')
  ) as typeof http & typeof https;
  const agent = unreferenced(
    // A proxy is used where Node itself was told to use one (NODE_USE_ENV_PROXY).
    new Agent({ keepAlive: true, ...proxyOf(globalAgent), ...(secure && readPem(plan)) }),
  );
  const headers = {
    ...plan.headers,
    'User-Agent': USER_AGENT,
    'Content-Type': plan.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    ...(plan.compression === 'gzip' && { 'Content-Encoding': 'gzip' }),
  };
  return {
    async send(body) {
      try {
        const content = plan.compression === 'gzip' ? await gzip(body) : body;
        const options = { method: 'POST', agent, headers: { ...headers, 'Content-Length': content.length } };
        const send = (): Promise<Outcome | undefined> =>
          exchange((answered) => request(url, options, answered), content, timeout);
        // The receiver may have closed a connection that rested: that says nothing of how it is.
        return (await send()) ?? (await send()) ?? failed('broken', 'the connection was closed twice');
      } catch (cause) {
        return ofError(cause as NodeJS.ErrnoException);
      }
    },
    close: () => agent.destroy(),
  };
}

/** One request, its answer, and the time both may take together. Undefined: a connection that was used before is gone. */
function exchange(
  open: (answered: (response: IncomingMessage) => void) => ClientRequest,
  body: Uint8Array,
  timeout: number,
): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome | undefined, destroy = true): void => {
      clearTimeout(timer);
      resolve(outcome);
      if (destroy) request.destroy();
    };
    // May throw, for a certificate that is none.
    const request = open((response) => {
      const pieces: Buffer[] = [];
      let size = 0;
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        size += piece.length;
        if (size > LARGEST_ANSWER) end(ofAnswer(response, undefined));
      });
      response.on('end', () => end(ofAnswer(response, Buffer.concat(pieces)), false));
      response.on('error', () => end(failed('broken', 'the answer was cut off')));
    });
    const timer = setTimeout(() => end(failed('slow', `no answer within ${timeout} ms`)), timeout).unref();
    // Whatever comes after the outcome changes nothing.
    request.on('error', (cause: NodeJS.ErrnoException) =>
      end(request.reusedSocket && cause.code === 'ECONNRESET' ? undefined : ofError(cause)),
    );
    request.on('upgrade', () => end(failed('garbled', 'the receiver wants to speak another protocol')));
    request.end(body);
  });
}

/** `body` is undefined where it was too large to be read. */
function ofAnswer({ statusCode = 0, statusMessage, headers }: IncomingMessage, body: Buffer | undefined): Outcome {
  if (statusCode >= 200 && statusCode < 300) {
    if (body === undefined) return failed('garbled', `an answer of more than ${LARGEST_ANSWER} bytes`);
    return readAnswer(body, headers['content-type'] ?? '');
  }
  const said = sentenceOf(body);
  const reason = `${statusCode} ${statusMessage ?? ''}`.trim() + (said === '' ? '' : ` (${said})`);
  if (BUSY.has(statusCode)) {
    const after = retryAfter(headers['retry-after']);
    return { kind: 'failed', fault: 'busy', reason, ...(after !== undefined && { after }) };
  }
  const hint = statusCode >= 300 && statusCode < 400 ? ', redirects are not followed' : '';
  return { kind: 'refused', reason: reason + hint };
}

/** What a person can read of the body of an error. */
function sentenceOf(body: Buffer | undefined): string {
  const text = body?.subarray(0, 200).toString().trim() ?? '';
  return /^[\P{C}\s]+$/u.test(text) && !text.startsWith('<') ? text.replace(/\s+/g, ' ') : '';
}

/** Seconds, or a date. */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const milliseconds = /^[\d.]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : bearable(milliseconds);
}

function ofError(cause: NodeJS.ErrnoException): Outcome {
  const { code = '' } = cause;
  // A name with two addresses fails with an AggregateError whose message is empty.
  const inner = (cause as unknown as AggregateError).errors as readonly Error[] | undefined;
  const message = cause.message || inner?.map((each) => each.message).join('; ') || code || 'no reason given';
  const reason = code === '' || message.includes(code) ? message : `${message} (${code})`;
  if (code.startsWith('HPE_')) return failed('garbled', reason);
  return failed(BROKEN.has(code) ? 'broken' : 'unreachable', reason);
}

function gzip(body: Uint8Array): Promise<Buffer> {
  const zlib = process.getBuiltinModule('node:zlib');
  return new Promise((resolve, reject) =>
    zlib.gzip(body, (error, result) => (error ? reject(error) : resolve(result))),
  );
}

const proxyOf = (agent: Agent): object => {
  const { proxyEnv } = (agent as unknown as { readonly options: { readonly proxyEnv?: unknown } }).options;
  return proxyEnv === undefined ? {} : { proxyEnv };
};

/** A receiver that never answers must not hold a process that is done. */
function unreferenced(agent: Agent): Agent {
  const { createConnection, reuseSocket } = agent as Agent & {
    createConnection(options: RequestOptions, done: unknown): unknown;
  };
  const unref = (socket: unknown): void => {
    if (socket instanceof Socket) socket.unref();
  };
  Object.assign(agent, {
    createConnection(options: RequestOptions, done: (error: Error | null, socket: unknown) => void) {
      const socket = createConnection.call(agent, options, (error: Error | null, late: unknown) => {
        unref(late);
        done(error, late);
      });
      unref(socket);
      return socket;
    },
    reuseSocket(socket: Socket, request: ClientRequest) {
      reuseSocket.call(agent, socket, request);
      unref(socket);
    },
  });
  return agent;
}
