import { InstrumentationBase } from '@opentelemetry/instrumentation';
import { noteError, noteRoute } from '../exchange.ts';
import { listen } from '../listen.ts';

/** Published by fastify 4 and 5 for every instance, before the application has it. */
const CHANNEL = 'fastify.initialization';

interface Request {
  /** Node's own. */
  readonly raw: object;
  readonly routeOptions?: { readonly url?: string };
}

type Done = () => void;

interface Fastify {
  addHook(name: 'onRequest', hook: (request: Request, reply: unknown, done: Done) => void): void;
  addHook(name: 'onError', hook: (request: Request, reply: unknown, error: unknown, done: Done) => void): void;
}

/** Tells which route a request matched, and what made it fail. */
export class FastifyInstrumentation extends InstrumentationBase {
  declare private stop: (() => void) | undefined;

  constructor(config = {}) {
    super('firstlight/fastify', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): undefined {}

  override enable(): void {
    super.enable();
    this.stop ??= listen(CHANNEL, 'fastify does not tell its routes', watch);
  }

  override disable(): void {
    super.disable();
    this.stop?.();
    this.stop = undefined;
  }
}

function watch({ fastify }: { readonly fastify: Fastify }): void {
  // The first that fastify does with a request, so that those its hooks answer have their route too.
  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions?.url;
    if (route !== undefined) noteRoute(request.raw, route);
    done();
  });
  // Before any error handler, that of the application included.
  fastify.addHook('onError', (request, _reply, error, done) => {
    noteError(request.raw, error);
    done();
  });
}
