import { withoutThrowing } from '../../without-throwing.ts';
import { activeExchange } from '../active-exchange.ts';
import { adapter } from './adapter.ts';
import { noteErrors, noteOperation, type Operation, type ResolverError } from './graphql-operation.ts';
import { pathBelow } from './mounts.ts';

/** What the hooks of a request are given. */
interface Operating {
  readonly operation?: Operation;
  readonly errors?: readonly ResolverError[];
}
interface Server {
  addPlugin(plugin: object): void;
}
type Start = (this: Server) => unknown;

/** The methods that start a server, up to which it takes plugins. */
const STARTS = ['start', 'startInBackgroundHandlingStartupErrorsByLoggingAndFailingAllRequests'] as const;
type Startable = Record<(typeof STARTS)[number], Start>;

/** Tells the operation of a request, what its resolvers threw, and a route where no framework has told one. */
export const ApolloInstrumentation = adapter('apollo', {
  '@apollo/server': {
    versions: '>=4 <6',
    patch: (exports: { readonly ApolloServer: { readonly prototype: Startable } }) => {
      const { prototype } = exports.ApolloServer;
      for (const name of STARTS) prototype[name] = withPlugin(prototype[name]);
      return exports;
    },
  },
});

const seen = new WeakSet<object>();

const withPlugin = (start: Start): Start =>
  function () {
    if (!seen.has(this)) withoutThrowing('Apollo Server does not tell its operations', () => this.addPlugin(plugin));
    seen.add(this);
    return start.call(this);
  };

const listener = {
  async didResolveOperation({ operation }: Operating): Promise<void> {
    if (operation !== undefined) noteOperation(operation.operation, operation.name?.value);
  },
  async didEncounterErrors({ errors }: Operating): Promise<void> {
    noteErrors(errors);
  },
};

const plugin = {
  async requestDidStart(): Promise<typeof listener> {
    const exchange = activeExchange();
    // A server of its own answers on every path, and is asked on this.
    if (exchange !== undefined) exchange.route ??= pathBelow(exchange.prefix, exchange.mount) || '/';
    return listener;
  },
};
