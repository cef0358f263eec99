import { activeExchange } from '../active-exchange.ts';
import { adapter } from './adapter.ts';
import { noteErrors, noteOperation, operationOf, type Document, type ResolverError } from './graphql-operation.ts';

interface Executing {
  readonly args: { readonly document: Document; readonly operationName?: string | null };
}
interface Executed {
  /** Of a subscription, or of an answer in parts, a stream of these. */
  readonly result: { readonly errors?: readonly ResolverError[] };
}

interface Options {
  readonly plugins?: readonly unknown[];
}
type CreateYoga = (this: unknown, options?: Options) => unknown;

const patch = (exports: { createYoga: CreateYoga }): unknown => {
  // The main CommonJS file only hands on what another exports, which has been patched.
  if (Object.getOwnPropertyDescriptor(exports, 'createYoga')?.writable === true)
    exports.createYoga = withPlugin(exports.createYoga);
  return exports;
};

/** Tells the operation of a request, what its resolvers threw, and the endpoint where no framework has told a route. */
export const YogaInstrumentation = adapter('yoga', {
  'graphql-yoga': { versions: '>=5 <6', patch, files: { 'cjs/server.js': patch } },
});

const withPlugin = (createYoga: CreateYoga): CreateYoga =>
  function (options) {
    return createYoga.call(this, { ...options, plugins: [...(options?.plugins ?? []), plugin()] });
  };

function plugin(): object {
  let endpoint: string | undefined;
  return {
    onYogaInit({ yoga }: { readonly yoga: { readonly graphqlEndpoint: string } }): void {
      endpoint = yoga.graphqlEndpoint;
    },
    // Not for what is asked on other paths.
    onRequestParse(): void {
      const exchange = activeExchange();
      if (exchange !== undefined) exchange.route ??= endpoint;
    },
    onExecute(executing: Executing): typeof done {
      noteExecuting(executing);
      return done;
    },
    onSubscribe: noteExecuting,
  };
}

function noteExecuting({ args: { document, operationName } }: Executing): void {
  const operation = operationOf(document, operationName);
  if (operation !== undefined) noteOperation(operation.operation, operation.name?.value);
}

const done = { onExecuteDone: ({ result }: Executed): void => noteErrors(result.errors) };
