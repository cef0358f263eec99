import { nearest } from '../nearest.ts';
import { suggestion } from '../instrumentation-options.ts';
import type { Path } from './document.ts';

/**
 * A mapping of the file. Reading a key takes it away; what nobody has taken in the end is what nobody here
 * understands, and each such key is told.
 */
export interface Section {
  text(key: string): string | undefined;
  number(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  texts(key: string): readonly string[] | undefined;
  value(key: string): unknown;
  /** A key without a value is an empty section; one that is not there is `undefined`. */
  section(key: string): Section | undefined;
  /** The key, if a mapping stands there; else it is not taken. */
  mapping(key: string): Section | undefined;
  /** The entries of a list, each a section. */
  sections(key: string): readonly Section[];
  /** The keys not yet taken. */
  keys(): readonly string[];
  /** For mappings of exactly one key that names a kind. */
  only(): readonly [kind: string, section: Section] | undefined;
  /** `file:line: path.to.key` */
  where(key?: string): string;
  complain(key: string, reason: string): void;
  /** The mapping as a whole is of no use: a complaint, and no further word about its keys. */
  refuse(reason: string): void;
}

export interface Reader {
  readonly root: Section;
  /** One sentence for every key that is left. */
  leftovers(): { readonly path: Path; readonly line: string }[];
}

type Mapping = Record<string, unknown>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function createReader(
  content: unknown,
  locate: (path: Path) => string,
  complain: (line: string) => void,
): Reader {
  const visited: { rest: Mapping; path: Path; asked: Set<string> }[] = [];

  function open(from: unknown, path: Path): Section {
    const rest: Mapping = isMapping(from) ? { ...from } : {};
    const asked = new Set<string>();
    visited.push({ rest, path, asked });
    const take = (key: string): unknown => {
      asked.add(key);
      const value = Object.hasOwn(rest, key) ? rest[key] : undefined;
      delete rest[key];
      return value;
    };
    const scalar = (key: string): unknown => take(key) ?? undefined;
    const self: Section = {
      text: (key) => as('string', scalar(key)) as string | undefined,
      number: (key) => as('number', scalar(key)) as number | undefined,
      flag: (key) => as('boolean', scalar(key)) as boolean | undefined,
      texts(key) {
        const value = take(key);
        return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined;
      },
      value: scalar,
      section(key) {
        const value = take(key);
        return value === undefined ? undefined : open(value, [...path, key]);
      },
      mapping: (key) => (isMapping(rest[key]) ? self.section(key) : undefined),
      sections(key) {
        const value = take(key);
        return Array.isArray(value) ? value.map((entry, index) => open(entry, [...path, key, index])) : [];
      },
      keys: () => Object.keys(rest),
      only() {
        const [kind] = Object.keys(rest);
        return kind === undefined ? undefined : [kind, open(take(kind), [...path, kind])];
      },
      where: (key) => locate(key === undefined ? path : [...path, key]),
      complain: (key, reason) => complain(`${self.where(key)}: ${reason}`),
      refuse(reason) {
        complain(`${self.where()}: ${reason}`);
        for (const key of Object.keys(rest)) delete rest[key];
      },
    };
    return self;
  }

  return {
    root: open(content, []),
    leftovers: () =>
      visited.flatMap(({ rest, path, asked }) =>
        Object.keys(rest).map((key) => {
          const meant = suggestion(nearest(key, asked));
          return { path: [...path, key], line: `${locate([...path, key])}: not supported; ignored${meant}` };
        }),
      ),
  };
}

const as = (type: 'string' | 'number' | 'boolean', value: unknown): unknown =>
  typeof value === type ? value : undefined;

/** `tracer_provider.processors[0].batch` */
export const dotted = (path: Path): string =>
  path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
