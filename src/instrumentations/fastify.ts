import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { context } from '@opentelemetry/api';
import { getRPCMetadata, RPCType } from '@opentelemetry/core';
import { InstrumentationBase } from '@opentelemetry/instrumentation';
import { withoutThrowing } from './without-throwing.ts';

/** Published by fastify 4 and 5 for every instance, before the application has it. */
const CHANNEL = 'fastify.initialization';

interface Request {
  readonly routeOptions?: { readonly url?: string };
}

interface Fastify {
  addHook(name: 'onRequest', hook: (request: Request, reply: unknown, done: () => void) => void): void;
}

/**
 * Tells the span and the metrics of the server request which route was matched: the first that fastify does with a
 * request, so that those its hooks answer have theirs too. Fastify itself is left as it is, and makes no spans.
 */
export class FastifyInstrumentation extends InstrumentationBase {
  constructor(config = {}) {
    super('firstlight/fastify', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): undefined {}

  override enable(): void {
    super.enable();
    unsubscribe(CHANNEL, addRoute);
    subscribe(CHANNEL, addRoute);
  }

  override disable(): void {
    super.disable();
    unsubscribe(CHANNEL, addRoute);
  }
}

function addRoute(message: unknown): void {
  // Whatever a subscriber throws ends the process.
  withoutThrowing('fastify does not tell its routes', () => {
    const { fastify } = message as { readonly fastify: Fastify };
    fastify.addHook('onRequest', (request, _reply, done) => {
      withoutThrowing('fastify does not tell the route of a request', () => noteRoute(request));
      done();
    });
  });
}

function noteRoute({ routeOptions }: Request): void {
  const metadata = getRPCMetadata(context.active());
  const route = routeOptions?.url;
  if (metadata?.type === RPCType.HTTP && route !== undefined) metadata.route = route;
}
