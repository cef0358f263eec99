import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './support/run.ts';

/** A process with 100 steps of 3 ms to do, and what it prints. */
async function work(before: string): Promise<string> {
  const code = `
    import { sliced } from ${JSON.stringify(`${root}/src/sliced.ts`)};
    ${before}
    function* steps() {
      for (let count = 0; count < 100; count++) {
        const until = performance.now() + 3;
        while (performance.now() < until);
        yield;
      }
    }
    sliced(steps()).then(() => { console.log('done'); process.exit(); });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  return stdout;
}

test('a process that has nothing else to do goes on with it', async () => {
  expect(await work("setTimeout(() => { console.log('late'); process.exit(); }, 15_000);")).toBe('done\n');
});

test('it keeps no process alive', async () => {
  expect(await work('')).toBe('');
});
