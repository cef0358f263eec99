/** What the tests of frameworks look at. */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Span } from '../../support/collector.ts';
import { runFile, written, type Form, type Seen } from '../../instrumentations/library.ts';

const bodies = join(import.meta.dirname, 'bodies');

/** What an application gives its body: by name, what of which module; `*` is all of it, and so is `default` where it is required. */
export type Imports = Readonly<Record<string, readonly [specifier: string, exported: string]>>;

/** Runs `bodies/<body>.cjs` in an application in `folder`, with what it needs either required or imported. */
export function runBody(folder: string, body: string, imports: Imports, form: Form): Promise<Seen> {
  const path = JSON.stringify(join(bodies, `${body}.cjs`));
  const entries = Object.entries(imports);
  const names = entries.map(([name]) => name).join(', ');
  const key = entries.map(([, [specifier]]) => specifier.replaceAll(/\W/g, '-')).join('');
  const sources = {
    require: [
      ...entries.map(
        ([name, [from, what]]) =>
          `const ${name} = require('${from}')${/^(?:\*|default)$/.test(what) ? '' : `.${what}`};`,
      ),
      `require(${path})({ ${names} });`,
    ],
    import: [
      ...entries.map(([name, [from, what]]) =>
        what === '*' ? `import * as ${name} from '${from}';` : `import { ${what} as ${name} } from '${from}';`,
      ),
      `import body from ${path};`,
      `await body({ ${names} });`,
    ],
  };
  const file = `entries/${body}${key}.${form === 'require' ? 'cjs' : 'mjs'}`;
  return runFile(written(folder, { [file]: sources[form].join('\n') })(file));
}

const serverSpans = (spans: readonly Span[]): Span[] =>
  spans.filter(({ kind }) => kind === 'server').toSorted((a, b) => (a.start < b.start ? -1 : 1));

/** `name status` of the span of every request in order, with the messages of the errors that are on it. */
export function answers(spans: readonly Span[]): string[] {
  return serverSpans(spans).map(({ name, attributes, events }) => {
    const route = attributes['http.route'];
    expect(name.split(' ').slice(1).join(' ')).toBe(route ?? '');
    return [
      name,
      attributes['http.response.status_code'],
      ...events.map((event) => event.attributes['exception.message']),
    ].join(' ');
  });
}

/** As `answers`, with the operation in front. */
export function operations(spans: readonly Span[]): string[] {
  const lines = answers(spans);
  return serverSpans(spans).map(({ attributes }, index) =>
    [attributes['graphql.operation.type'], attributes['graphql.operation.name'], lines[index]]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

/** The spans that are made on the way to an answer, by their names. */
export const inner = (spans: readonly Span[]): string[] =>
  spans.filter(({ kind }) => kind !== 'server' && kind !== 'client').map(({ name }) => name);
