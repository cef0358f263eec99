/** The tests that every way to end is put to. */
import { beforeAll, describe, test } from 'vitest';
import { INSTALL_TIMEOUT } from '../support/install.ts';
import {
  asPid1,
  byItself,
  byLibrary,
  bySignal,
  installedLibraries,
  mayBePid1,
  ofSeveral,
  underParents,
  type Way,
} from './ways.ts';

export function testEachWay(check: (way: Way) => Promise<void>): void {
  describe('by itself', () => {
    test.each(byItself)('$name', check);
  });

  describe('by a signal', () => {
    test.each(bySignal)('$name', check);
  });

  describe('below another program', () => {
    test.each(underParents)('$name', check);
  });

  describe('as PID 1', () => {
    (mayBePid1 ? test : test.skip).each(asPid1)('$name', check);
  });

  describe('of several threads and processes', () => {
    test.each(ofSeveral)('$name', check);
  });

  describe('with a library that listens to the end', () => {
    let app: string;
    beforeAll(async () => {
      app = await installedLibraries();
    }, INSTALL_TIMEOUT);
    test.each(byLibrary('installed below'))('$name', (way) => check({ ...way, app }));
  });
}
