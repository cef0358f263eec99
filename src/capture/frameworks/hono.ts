import { noteError, noteRoute } from '../exchange.ts';
import { adapter } from './adapter.ts';

interface Context {
  /** Of `@hono/node-server`: the request of Node is in it. */
  readonly env?: { readonly incoming?: object };
}
type Handler = ((this: unknown, context: Context, next: unknown) => unknown) & {
  /** The handler of a mounted application, in one that adds the error handler of that. */
  readonly __COMPOSED_HANDLER?: Handler;
};
type ErrorHandler = (this: unknown, error: unknown, context: Context) => unknown;
type Entry = readonly [Handler, { readonly method: string; readonly path: string }];

interface Router {
  add(this: unknown, method: string, path: string, entry: unknown): unknown;
}
interface App {
  readonly router: Router;
  errorHandler: ErrorHandler;
  onError: (this: unknown, handler: ErrorHandler) => unknown;
}
interface Mounting {
  basePath(this: unknown, path: string): App;
  route(this: unknown, path: string, app: App): unknown;
}
type AppClass = new (options?: { readonly router?: Router }) => App;

/** Tells which route answered a request, and what made it fail. */
export const HonoInstrumentation = adapter('hono', {
  hono: {
    versions: '>=4 <5',
    patch: (exports: { readonly Hono: AppClass }) => {
      patchApp(exports.Hono);
      return exports;
    },
  },
});

/** What an application is made of are fields of its own, so there is a class of ours between `Hono` and its base. */
function patchApp(Hono: AppClass): void {
  const Base = Object.getPrototypeOf(Hono) as AppClass;
  const { router, errorHandler: standard } = new Hono();
  const notingStandard = noting(standard);
  const watchErrors = (app: App): App => {
    const { onError } = app;
    if (app.errorHandler === standard) app.errorHandler = notingStandard;
    app.onError = (handler) => onError(noting(handler));
    return app;
  };

  class Watched extends Base {
    constructor(options?: { readonly router?: Router }) {
      super(options);
      watchErrors(this);
      if (options?.router !== undefined) patchRouter(options.router);
    }
  }
  Object.setPrototypeOf(Hono, Watched);
  patchRouter(Object.getPrototypeOf(router) as Router);

  const mounting = Base.prototype as Mounting;
  const { basePath, route } = mounting;
  mounting.basePath = function (path) {
    return watchErrors(basePath.call(this, path));
  };
  // It tells an application without an error handler by the standard one.
  mounting.route = function (path, app) {
    if (app.errorHandler !== notingStandard) return route.call(this, path, app);
    app.errorHandler = standard;
    try {
      return route.call(this, path, app);
    } finally {
      app.errorHandler = notingStandard;
    }
  };
}

/** Only what is called is wrapped: whoever lists the routes sees the handlers of the application. */
function patchRouter(router: Router): void {
  const { add } = router;
  if (patched.has(add)) return;
  router.add = function (method, path, entry) {
    return add.call(this, method, path, isEntry(entry) && !isMiddleware(entry) ? notingRoute(entry) : entry);
  };
  patched.add(router.add);
}

const patched = new WeakSet<object>();

const noting = (handler: ErrorHandler): ErrorHandler =>
  function (error, context) {
    const request = context.env?.incoming;
    if (request !== undefined) noteError(request, error);
    return handler.call(this, error, context);
  };

function notingRoute([handler, route]: Entry): Entry {
  const noting: Handler = function (context, next) {
    const request = context.env?.incoming;
    if (request !== undefined) noteRoute(request, route.path);
    return handler.call(this, context, next);
  };
  return [noting, route];
}

/** A router may also be used without an application. */
function isEntry(entry: unknown): entry is Entry {
  return Array.isArray(entry) && typeof entry[0] === 'function' && typeof entry[1]?.path === 'string';
}

/** `use` and `all` leave the same entry; who answers himself does not ask for `next`. */
function isMiddleware([handler, { method, path }]: Entry): boolean {
  let inner = handler;
  while (inner.__COMPOSED_HANDLER !== undefined) inner = inner.__COMPOSED_HANDLER;
  return inner.length > 1 && (method === 'ALL' || path.endsWith('*'));
}
