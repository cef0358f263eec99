/**
 * How names that only newer versions of Prometheus read are written for the others, by what the scraper asks for.
 * https://prometheus.io/docs/instrumenting/escaping_schemes/
 */
export const ESCAPINGS = ['allow-utf-8', 'underscores', 'dots', 'values'] as const;
export type Escaping = (typeof ESCAPINGS)[number];

const LEGACY = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Whether every version of Prometheus reads the name as it is. */
export const isLegacy = (name: string): boolean => LEGACY.test(name);

export function escapeName(name: string, escaping: Escaping): string {
  if (escaping === 'allow-utf-8') return name;
  if (escaping === 'dots') return each(name, '__', (character) => (character === '.' ? '_dot_' : '__'));
  if (isLegacy(name)) return name;
  if (escaping === 'underscores') return each(name, '_', () => '_');
  return `U__${each(name, '__', (character) => `_${character.codePointAt(0)!.toString(16).toUpperCase()}_`)}`;
}

/** `underscore`: what becomes of one; `other`: of what is not allowed. */
function each(name: string, underscore: string, other: (character: string) => string): string {
  let text = '';
  for (const character of name) {
    // A digit that comes first is no more allowed than a dash.
    if (character === '_') text += underscore;
    else text += (text === '' ? /[a-zA-Z:]/ : /[a-zA-Z0-9:]/).test(character) ? character : other(character);
  }
  return text;
}

/** In quotes: NUL ends the input for Prometheus' parser, a lone surrogate is not UTF-8. */
export const quoted = (text: string): string => `"${escapedText(text)}"`;

export const escapedText = (text: string): string => text.toWellFormed().replace(/[\\"\n\0]/g, escapeOf);

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  return character === '\0' ? '\uFFFD' : `\\${character}`;
}
