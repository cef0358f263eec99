/** The versions of a library that no definition knows are told, in whatever order the definitions are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition as Definition,
  InstrumentationNodeModuleFile as DefinitionFile,
} from '@opentelemetry/instrumentation';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import * as diag from '../../src/diag.ts';
import { guardPatches } from '../../src/instrumentations/guard.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstlight-guard-'));
  guardPatches();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const patch = (exports: object): object => ({ ...exports, patched: true });
const old = (): Definition => new Definition('lib', ['<2'], patch);
const young = (): Definition => new Definition('lib', ['>=3'], patch);
const filesOnly = (): Definition =>
  new Definition('lib', ['>=2 <3'], undefined, undefined, [
    new DefinitionFile('lib/part.js', ['>=2 <3'], patch, () => {}),
  ]);

class Instrumentation extends InstrumentationBase {
  static made: Definition[] = [];
  protected override init(): Definition[] {
    return Instrumentation.made;
  }
}

let count = 0;
/** Loads `part.js` and then the main file of that version, as a library would; returns what was patched and said. */
function loadVersion(version: string, definitions: Definition[]): { patched: boolean[]; lines: string[] } {
  const lines: string[] = [];
  vi.spyOn(diag, 'limited').mockImplementation((_kind, line) => void lines.push(line));
  Instrumentation.made = definitions;
  const instrumentation = new Instrumentation(`test-${count++}`, '1.0.0', {}) as unknown as {
    _onRequire(definition: Definition, exports: object, name: string, folder: string): object;
  };
  const at = join(folder, version);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'package.json'), JSON.stringify({ version }));
  const load = (name: string): boolean =>
    'patched' in definitions.reduce((exports, each) => instrumentation._onRequire(each, exports, name, at), {});
  return { patched: [load('lib/part.js'), load('lib')], lines };
}

const orders = {
  'old first': () => [old(), young()],
  'young first': () => [young(), old()],
  'files only, last': () => [old(), young(), filesOnly()],
  'files only, first': () => [filesOnly(), old(), young()],
};

test.each(Object.entries(orders))('a version that one definition knows is no line: %s', (_name, definitions) => {
  for (const version of ['1.0.0', '3.0.0'])
    expect(loadVersion(version, definitions())).toEqual({ patched: [false, true], lines: [] });
});

test.each(['files only, last', 'files only, first'] as const)('nor is one whose files are patched: %s', (name) => {
  expect(loadVersion('2.0.0', orders[name]())).toEqual({ patched: [true, false], lines: [] });
});

test.each(['old first', 'young first'] as const)('a version that none knows is one line: %s', (name) => {
  const { patched, lines } = loadVersion('2.0.0', orders[name]());
  expect(patched).toEqual([false, false]);
  expect(lines).toEqual([expect.stringMatching(/^lib 2\.0\.0 is not instrumented: test-\d+ supports /)]);
});
