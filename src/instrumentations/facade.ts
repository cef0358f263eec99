import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const facades = new Map<string, boolean>();
/** Bytes; those of pg, koa and socket.io have some hundreds. */
const LARGEST_FACADE = 4096;

/** Whether an ES module does no more than give names to a CommonJS file, which is patched where it is compiled. */
export function handsOnCommonJs(url: string): boolean {
  const known = facades.get(url);
  if (known !== undefined) return known;
  let facade = false;
  try {
    const source = url.endsWith('.mjs') ? readFileSync(new URL(url), 'utf8') : '';
    const from = source.length <= LARGEST_FACADE ? /\bfrom\s*['"](\.[^'"]+\.c?js)['"]/.exec(source)?.[1] : undefined;
    facade = from !== undefined && (from.endsWith('.cjs') || typeOf(url) !== 'module');
  } catch {
    // Whatever is wrong with it, Node will say so.
  }
  facades.set(url, facade);
  return facade;
}

function typeOf(url: string): unknown {
  const file = findPackageJSON(url);
  return file === undefined ? undefined : (JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: unknown }).type;
}
