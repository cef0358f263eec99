import { noteError, noteRoute } from '../exchange.ts';
import { adapter } from './adapter.ts';
import { isPath, pathBelow, templateOf } from './mounts.ts';

/** Those of middleware have no methods. */
interface Layer {
  readonly path: unknown;
  readonly methods?: readonly string[];
}

interface Context {
  /** Not on the context of the application, of which that of a request is made. */
  readonly req?: object;
  readonly path: string;
  /** The layers of a router whose paths match. */
  readonly matched?: unknown;
  [ROUTE]?: unknown;
  [MOUNT_PATH]?: unknown;
  [MOUNT]?: Mount;
}

/** What koa-mount took off the path of a request, and what it left. */
interface Mount {
  readonly prefix: string;
  readonly rest: string;
}

interface Koa {
  readonly prototype: { emit(event: unknown, ...args: unknown[]): unknown };
}

const ROUTE = Symbol('firstlight.route');
const MOUNT_PATH = Symbol('firstlight.mountPath');
const MOUNT = Symbol('firstlight.mount');

export const KoaInstrumentation = adapter('koa', {
  koa: { versions: '>=2.0.0 <4', patch: tellErrors, files: { 'lib/context.js': tellRoutes } },
});

/** All errors pass here, also those that a middleware answers and reports as koa asks for. */
function tellErrors(koa: Koa): Koa {
  const { emit } = koa.prototype;
  koa.prototype.emit = function (event, ...args) {
    if (event === 'error') {
      const [error, context] = args as [unknown, Partial<Context> | undefined];
      if (typeof context?.req === 'object' && context.req !== null) noteError(context.req, error);
    }
    return Reflect.apply(emit, this, arguments);
  };
  return koa;
}

/** Routers, of which there are several, have in common what they write on the context. */
function tellRoutes(context: object): object {
  return Object.defineProperties(context, {
    _matchedRoute: {
      configurable: true,
      get(this: Context): unknown {
        return this[ROUTE];
      },
      set(this: Context, path: unknown) {
        this[ROUTE] = path;
        if (this.req === undefined || !isPath(path) || isMiddleware(path, this)) return;
        noteRoute(this.req, pathBelow(prefixOf(this), templateOf(path)) || '/');
      },
    },
    mountPath: {
      configurable: true,
      get(this: Context): unknown {
        return this[MOUNT_PATH];
      },
      set(this: Context, path: unknown) {
        this[MOUNT_PATH] = path;
        if (this.req === undefined || typeof path !== 'string') return;
        this[MOUNT] = { prefix: pathBelow(prefixOf(this), path), rest: below(path, this.path) };
      },
    },
  });
}

/** The router writes the path of its middleware there too, while that runs. */
function isMiddleware(path: unknown, { matched }: Context): boolean {
  const layers = Array.isArray(matched) ? (matched as readonly Layer[]).filter((layer) => layer.path === path) : [];
  return layers.length > 0 && layers.every(({ methods }) => methods?.length === 0);
}

/** Nobody says when a mount is left, but the path is put back. */
function prefixOf({ path, [MOUNT]: mount }: Context): string {
  return mount?.rest === path ? mount.prefix : '';
}

function below(mount: string, path: string): string {
  const rest = path.slice(mount.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
