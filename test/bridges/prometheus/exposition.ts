/** A strict reader of Prometheus' text format: throws where Prometheus would reject the scrape. */
export interface Exposition {
  /** By family. */
  readonly types: ReadonlyMap<string, string>;
  readonly help: ReadonlyMap<string, string>;
  /** By name and labels in order of their names: `hits_total{a="1",b="2"}`. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(?:,|$)/y;

export function parse(text: string): Exposition {
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  const samples = new Map<string, number>();
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line does not end');
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') putOnce(help, name, rest);
    else if (kind === 'TYPE') putOnce(types, name, rest);
    else if (line !== '' && !line.startsWith('#')) sample(line, samples);
  }
  return { types, help, samples };
}

function sample(line: string, samples: Map<string, number>): void {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const [, key, content] = LABEL.exec(labelText) ?? [];
    if (key === undefined || content === undefined) throw new Error(`not a label: ${line}`);
    putOnce(labels, key, content);
  }
  const sorted = [...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, content]) => `${key}="${content}"`);
  putOnce(
    samples,
    sorted.length === 0 ? name : `${name}{${sorted.join(',')}}`,
    Number(value.replace('Inf', 'Infinity')),
  );
}

function putOnce<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.has(key)) throw new Error(`twice: ${key}`);
  map.set(key, value);
}
