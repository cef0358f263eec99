/** Which route answers a request, and what everybody else is told, in one line each. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Route } from '../component.ts';
import * as diag from '../diag.ts';
import { refusal } from './access.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export function answerWith(routes: readonly Route[], token: string | undefined): Answer {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  const open = routes.filter(({ access }) => access === 'public').map(({ path }) => path);

  const dispatch = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return say(response, 405, 'only GET and HEAD');
    }
    const route = byPath.get(pathOf(request));
    if (route === undefined) return say(response, 404, `not found; there is ${open.join(', ')}`);
    const refused = route.access === 'private' ? refusal(request, token) : undefined;
    if (refused === undefined) return route.handle(request, response);
    if (refused.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    say(response, refused.status, refused.reason);
  };

  return (request, response) => {
    // The client may be gone before the answer: nobody is left to tell.
    response.on('error', () => {});
    // Bodies are not read, and past an unread one the connection cannot serve another request.
    if (hasBody(request)) response.setHeader('Connection', 'close');
    dispatch(request, response).catch((cause: unknown) => fail(request, response, cause));
  };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function fail(request: IncomingMessage, response: ServerResponse, cause: unknown): void {
  diag.limited(`route ${pathOf(request)}`, `${pathOf(request)} failed`, cause);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  say(response, 500, 'failed; the reason is on stderr');
}

function say(response: ServerResponse, status: number, line: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${line}\n`);
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';
