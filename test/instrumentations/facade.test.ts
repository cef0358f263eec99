import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { handsOnCommonJs } from '../../src/instrumentations/facade.ts';

const folder = mkdtempSync(join(tmpdir(), 'facade-'));
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

function module(source: string, type?: string, extension = 'mjs'): string {
  const file = join(folder, `${made++}.${extension}`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  writeFileSync(file, source);
  return pathToFileURL(file).href;
}

test.each([
  ['import pg from "../lib/index.js"; export const Client = pg.Client; export default pg;', undefined, true],
  ["export { default } from './lib/index.cjs';", 'module', true],
  ["export * from './lib/index.js';", 'module', false],
  ["export { OpenAI } from './client.mjs';", undefined, false],
  ["import http from 'node:http'; export default http;", undefined, false],
  [`import './a.js'; export const large = '${'x'.repeat(5000)}';`, undefined, false],
])('%s in a package of type %s: %s', (source, type, hands) => {
  expect(handsOnCommonJs(module(source, type))).toBe(hands);
});

test('a file that is no .mjs is none, nor is one that is not there', () => {
  expect(handsOnCommonJs(module("export { default } from './index.cjs';", 'module', 'js'))).toBe(false);
  expect(handsOnCommonJs(pathToFileURL(join(folder, 'missing.mjs')).href)).toBe(false);
});
