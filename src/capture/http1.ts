/** Requests of HTTP/1, and of the two ways out of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Head } from './attributes.ts';
import type { Answer } from './capture.ts';
import {
  countReceived,
  countSent,
  emitInContext,
  emitRequest,
  emitUntilClose,
  lengthOf,
  type CurrentCapture,
  type Kind,
} from './emit.ts';
import type { Exchange } from './exchange.ts';
import { watchHandshake } from './handshake.ts';
import type { Current, Method, Patch } from './patch.ts';

type Class = { readonly prototype: object };

/** Node's lenient parser lets a client write any. */
const VERSIONS = new Set(['0.9', '1.0', '1.1']);

/** For `node:http` and `node:https`. */
export const serverPatches = ({ Server }: { readonly Server: Class }, capture: CurrentCapture): Patch[] => [
  [Server.prototype, 'emit', (original) => serverEmit(original, capture)],
];

/** For `node:http`, whose requests and responses are also those of `node:https`. */
export function messagePatches(
  { IncomingMessage, ServerResponse }: Readonly<Record<'IncomingMessage' | 'ServerResponse', Class>>,
  capture: CurrentCapture,
): Patch[] {
  return [
    [IncomingMessage.prototype, 'emit', emitInContext],
    [IncomingMessage.prototype, 'push', countReceived],
    [ServerResponse.prototype, 'emit', (original) => emitUntilClose(original, ofResponse, capture)],
    [ServerResponse.prototype, 'write', countSent],
    [ServerResponse.prototype, 'end', countSent],
  ];
}

/** `emit` of a server. */
export function serverEmit(original: Current, capture: CurrentCapture): Method {
  return function (event) {
    switch (event) {
      case 'request':
      case 'checkContinue':
      case 'checkExpectation':
        return emitRequest(original(), this, arguments, ANSWERED, capture());
      case 'upgrade':
      case 'connect':
        return emitRequest(original(), this, arguments, TAKEN_OVER, capture());
      default:
        return Reflect.apply(original(), this, arguments);
    }
  };
}

const ANSWERED: Kind<IncomingMessage, ServerResponse> = {
  head: headOf,
  carriers: (request, response) => [request, response],
  answer: (exchange, _request, response) => ofResponse(exchange, response),
};

/** By the application, with its connection: the span is the handshake, for what comes after it is no request. */
const TAKEN_OVER: Kind<IncomingMessage, Duplex> = {
  head: headOf,
  carriers: (request) => [request],
  answer: () => ofHandshake(undefined),
  begun: (exchange, capture, socket) =>
    watchHandshake(socket, (status) => capture.end(exchange, () => ofHandshake(status))),
};

function headOf({ method = '', url = '', httpVersion, headers, socket }: IncomingMessage): Head {
  return {
    method,
    target: url,
    scheme: (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http',
    version: VERSIONS.has(httpVersion) ? httpVersion : '',
    host: headers.host,
    headers,
    peer: socket,
  };
}

function ofResponse({ received, sent }: Exchange, response: ServerResponse): Answer {
  const { statusCode, headersSent, errored } = response;
  // Applications may take it off.
  const request = response.req as IncomingMessage | null | undefined;
  const hasBody = request?.method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
  return {
    status: headersSent ? statusCode : undefined,
    error: errored ?? undefined,
    header: (name) => response.getHeader(name),
    // Of a body that nobody reads only the length is known.
    received: (request?.complete ? lengthOf(request.headers?.['content-length']) : undefined) ?? received,
    sent: hasBody ? sent : 0,
  };
}

const ofHandshake = (status: number | undefined): Answer => ({ status, header: () => undefined });
