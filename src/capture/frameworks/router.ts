import { exchangeOf } from '../exchange.ts';
import { adapter, type Patched } from './adapter.ts';
import { notingError, type ErrorHandler } from './error-handler.ts';
import { answering, entering, pathBelow, templateOf, type Handle, type Out } from './mounts.ts';

/** What a router calls, one after the other: routes, and what is mounted. */
interface Layer {
  readonly route?: Route;
  [TEMPLATE]?: string;
}

interface Route {
  readonly path: unknown;
  readonly methods: Readonly<Record<string, true | undefined>>;
}

interface Router {
  readonly stack: Layer[];
  use(this: Router, ...args: unknown[]): unknown;
  handle: Handle;
}

export interface CreateRouter {
  (): Router;
  readonly prototype?: { readonly route?: unknown };
}

type HandleRequest = (this: Layer, request: { readonly method?: string }, response: unknown, next: Out) => unknown;

const TEMPLATE = Symbol('firstlight.template');
/** Express 5 brings the package `router`, and either may be patched first, by code that is in two chunks. */
const PATCHED = Symbol.for('firstlight.patched');

export const router: Patched = {
  versions: '>=1.0.0 <3',
  patch: (createRouter: CreateRouter) => {
    patchRouter(createRouter);
    return createRouter;
  },
};

export const RouterInstrumentation = adapter('router', { router });

/** Has every router tell routes and errors. That of express 4 and 5 and of the package `router` is one design. */
export function patchRouter(createRouter: CreateRouter): void {
  const hasPrototype = typeof createRouter.prototype?.route === 'function';
  const router = (hasPrototype ? createRouter.prototype : createRouter) as unknown as Router;
  if (Object.hasOwn(router, PATCHED)) return;
  Object.defineProperty(router, PATCHED, { value: true });

  const some = createRouter();
  some.use(() => {});
  const layer = Object.getPrototypeOf(some.stack[0]) as Record<string, HandleRequest | ErrorHandler>;
  for (const name of ['handle_request', 'handleRequest']) {
    if (name in layer) layer[name] = handlingRequest(layer[name] as HandleRequest);
  }
  for (const name of ['handle_error', 'handleError']) {
    if (name in layer) layer[name] = notingError(layer[name] as ErrorHandler);
  }
  router.use = using(router.use);
  router.handle = entering(router.handle);
}

/** A layer that is mounted does not know its path in any release but the last. */
function using(use: Router['use']): Router['use'] {
  return function (...args) {
    const before = this.stack.length;
    const result = use.apply(this, args);
    const template = templateOf(args[0]);
    for (const layer of this.stack.slice(before)) layer[TEMPLATE] = template;
    return result;
  };
}

function handlingRequest(handle: HandleRequest): HandleRequest {
  return function (request, response, next) {
    const exchange = exchangeOf(request);
    if (exchange !== undefined) {
      const { route, [TEMPLATE]: template } = this;
      // The layers within a route have neither.
      if (route !== undefined || template !== undefined) exchange.mount = template ?? '';
      if (route !== undefined && answers(route, request.method)) {
        exchange.route = pathBelow(exchange.prefix, templateOf(route.path)) || '/';
      } else if (route === undefined && template) {
        return handle.call(this, request, response, answering(exchange, template, next));
      }
    }
    return handle.call(this, request, response, next);
  };
}

/** Every route is called for HEAD, and those without a handler for it pass it on. */
const answers = ({ methods }: Route, method: string | undefined): boolean =>
  method !== 'HEAD' || methods['_all'] === true || methods['head'] === true || methods['get'] === true;
