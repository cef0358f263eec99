/** Traces as Jaeger's query API tells them. */
import { setTimeout as wait } from 'node:timers/promises';

export interface StoredSpan {
  readonly id: string;
  readonly parent: string | undefined;
  readonly name: string;
  readonly service: string;
  readonly version: unknown;
  readonly tags: Readonly<Record<string, unknown>>;
}

interface Tag {
  readonly key: string;
  readonly value: unknown;
}

interface Process {
  readonly serviceName: string;
  readonly tags?: readonly Tag[];
}

interface Answer {
  readonly data: readonly {
    readonly spans: readonly {
      readonly spanID: string;
      readonly operationName: string;
      readonly processID: string;
      readonly references: readonly { readonly refType: string; readonly spanID: string }[];
      readonly tags: readonly Tag[];
    }[];
    readonly processes: Readonly<Record<string, Process>>;
  }[];
}

/** The first trace of `service` and `operation` that has what `wanted` looks for; fails with what there is after 20 s. */
export async function findTrace(
  queryUrl: string,
  {
    service,
    operation,
    wanted,
  }: { service: string; operation: string; wanted: (trace: readonly StoredSpan[]) => boolean },
): Promise<readonly StoredSpan[]> {
  const search = new URLSearchParams({ service, operation, limit: '100', lookback: '1h' });
  let traces: (readonly StoredSpan[])[] = [];
  for (let attempt = 0; attempt < 40; attempt++) {
    const { data } = (await (await fetch(`${queryUrl}/api/traces?${search.toString()}`)).json()) as Answer;
    traces = data.map((trace) =>
      trace.spans.map((span) => ({
        id: span.spanID,
        parent: span.references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
        name: span.operationName,
        service: trace.processes[span.processID]?.serviceName ?? '',
        version: trace.processes[span.processID]?.tags?.find(({ key }) => key === 'service.version')?.value,
        tags: Object.fromEntries(span.tags.map(({ key, value }) => [key, value])),
      })),
    );
    const found = traces.find(wanted);
    if (found !== undefined) return found;
    await wait(500);
  }
  const names = traces.map((trace) => trace.map((span) => `${span.service}: ${span.name}`).join(', '));
  throw new Error(`no such trace of ${service} ${operation}; there are\n${names.join('\n')}`);
}

/**
 * Names from the span up to its root, each with its service. Layers inside a service, such as express's handler, are
 * left out: what counts is who called whom.
 */
export function pathToRoot(span: StoredSpan, trace: readonly StoredSpan[]): string[] {
  const parent = trace.find(({ id }) => id === span.parent);
  const here = span.tags['span.kind'] === 'internal' ? [] : [`${span.service}: ${span.name}`];
  return [...here, ...(parent === undefined ? [] : pathToRoot(parent, trace))];
}
