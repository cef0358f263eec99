import { existsSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where a function of a profile is. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  /** From 0. */
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Names who owns a function: a file of `src`, a package, `node`, or what the engine does itself, in parentheses. What
 * is bundled is looked up in the source map beside the bundle.
 */
export function sourceNames(): (frame: CallFrame) => string {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (url: string): SourceMap | undefined => {
    if (!maps.has(url)) maps.set(url, readMap(url));
    return maps.get(url);
  };
  return ({ functionName, url, lineNumber, columnNumber }) => {
    if (url === '') return functionName.startsWith('(') ? functionName : `native ${functionName}`;
    if (!url.startsWith('file:') && !url.startsWith('/')) return 'node';
    // A package that brings a source map of its own is named all the same.
    const entry = url.includes('/node_modules/') ? undefined : mapOf(url)?.findEntry(lineNumber, columnNumber);
    return nameOf(entry !== undefined && isMapping(entry) ? entry.originalSource : url);
  };
}

/** Nothing found is an empty object. */
const isMapping = (entry: object): entry is SourceMapping => 'originalSource' in entry;

function nameOf(path: string): string {
  const name = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return name ?? /\/((?:src|bench|dist)\/.*)$/.exec(path)?.[1] ?? path;
}

function readMap(url: string): SourceMap | undefined {
  const path = `${url.startsWith('file:') ? fileURLToPath(url) : url}.map`;
  return existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload) : undefined;
}
