import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import { withoutThrowing } from '../../without-throwing.ts';
import { noteError, noteRoute } from '../exchange.ts';

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
  constructor(config = {}) {
    super('firstlight/fastify', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): undefined {}

  override enable(): void {
    super.enable();
    unsubscribe(CHANNEL, initialized);
    subscribe(CHANNEL, initialized);
  }

  override disable(): void {
    super.disable();
    unsubscribe(CHANNEL, initialized);
  }
}

function initialized(message: unknown): void {
  // Whatever a subscriber throws ends the process.
  withoutThrowing('fastify does not tell its routes', () => watch((message as { readonly fastify: Fastify }).fastify));
}

function watch(fastify: Fastify): void {
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
