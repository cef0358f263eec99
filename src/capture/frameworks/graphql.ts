import { InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { GraphQLInstrumentation as Stock } from '@opentelemetry/instrumentation-graphql';
import { listen } from '../listen.ts';
import { noteErrors, noteOperation, type ResolverError } from './graphql-operation.ts';

interface Execution {
  readonly operationType?: string;
  readonly operationName?: string;
  readonly result?: { readonly errors?: readonly ResolverError[] };
}

/** As the original, which knows graphql up to 16. From 17 on graphql itself tells what it executes. */
export class GraphQLInstrumentation extends Stock {
  declare private stops: (() => void)[] | undefined;

  protected override init(): InstrumentationNodeModuleDefinition {
    const definitions = [super.init(), new InstrumentationNodeModuleDefinition('graphql', ['>=17'])];
    // There may be several, but the original says that it has one.
    return definitions as unknown as InstrumentationNodeModuleDefinition;
  }

  override enable(): void {
    super.enable();
    this.stops ??= LISTENERS.map(([channel, listener]) => listen(channel, NOT_TOLD, listener));
  }

  override disable(): void {
    super.disable();
    for (const stop of this.stops ?? []) stop();
    this.stops = undefined;
  }
}

const NOT_TOLD = 'graphql does not tell its operations';

const begins = ({ operationType, operationName }: Execution): void => {
  if (operationType !== undefined) noteOperation(operationType, operationName);
};
const ends = ({ result }: Execution): void => noteErrors(result?.errors);

const LISTENERS = [
  ['tracing:graphql:execute:start', begins],
  // Of these the first has a result that is there at once, the second one that was waited for.
  ['tracing:graphql:execute:end', ends],
  ['tracing:graphql:execute:asyncEnd', ends],
] as const;
