import { noteError, noteRoute } from '../exchange.ts';
import { adapter } from './adapter.ts';

interface Request {
  readonly raw: { readonly req: object };
  readonly route: { readonly method: string; readonly path: string };
  _lookup(): unknown;
  _setResponse(response: unknown): unknown;
}

/** Of the routes that are hapi's own: nothing was found, CORS. */
const SPECIAL = '_special';

export const HapiInstrumentation = adapter('hapi', {
  '@hapi/hapi': { versions: '>=17.0.0 <22', files: { 'lib/request.js': patchRequest } },
});

function patchRequest<T extends { readonly prototype: Request }>(Request: T): T {
  const { prototype } = Request;
  const { _lookup: lookup, _setResponse: setResponse } = prototype;
  prototype._lookup = function () {
    const result = lookup.call(this);
    if (this.route.method !== SPECIAL) noteRoute(this.raw.req, this.route.path);
    return result;
  };
  // A boom is the very error that was thrown.
  prototype._setResponse = function (response) {
    if (response instanceof Error) noteError(this.raw.req, response);
    return setResponse.call(this, response);
  };
  return Request;
}
