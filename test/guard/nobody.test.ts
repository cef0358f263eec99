import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { root, start, type Finished } from '../support/run.ts';
import { testWithTools } from '../support/servers.ts';

const NOBODY = 65534;

/** A copy that nobody can read: the repository may lie where only its owner can look. */
const readable = mkdtempSync(join(tmpdir(), 'firstlight-readable-'));
for (const part of ['dist', 'register.js', 'register.cjs', 'package.json']) {
  cpSync(join(root, part), join(readable, part), { recursive: true });
}
cpSync(join(import.meta.dirname, 'apps/stays.cjs'), join(readable, 'stays.cjs'));
cpSync(realpathSync(process.execPath), join(readable, 'node'));
chmodSync(readable, 0o755);
const stays = join(readable, 'stays.cjs');
const node = join(readable, 'node');
/** The smallest environment there is: no HOME, no TMPDIR, no PATH. */
const asNobody = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  'env',
  '--ignore-environment',
  `FIRSTLIGHT=${readable}/dist/index.js`,
  'OTEL_EXPORTER_PROMETHEUS_PORT=0',
  node,
  '--import',
  join(readable, 'register.js'),
  stays,
];
const readOnlyRoot = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"',
  'sh',
];

const works = (command: readonly string[]): boolean => spawnSync(command[0] ?? '', command.slice(1)).status === 0;
const rootUser = process.getuid?.() === 0;
const testAsRoot = testWithTools({ 'the root user': rootUser, setpriv: works(['setpriv', '--version']) });
const testMounted = testWithTools({ 'the right to mount': rootUser && works([...readOnlyRoot, 'true']) });
const testTraced = testWithTools({ 'the root user': rootUser, strace: works(['strace', '--version']) });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstlight-nobody-'));
  chmodSync(folder, 0o777);
});
afterAll(() => {
  for (const made of [folder, readable]) rmSync(made, { recursive: true, force: true });
});

interface Booted extends Finished {
  readonly uid: number;
  readonly seen: boolean;
}

/** Runs until the application says that the boot is over. */
async function boot([program = '', ...args]: readonly string[]): Promise<Booted> {
  const started = start(args, { node: program, flags: [] });
  const [line] = await started.waitFor(/^\{.*\}$/m);
  const { pid, uid, seen } = JSON.parse(line) as { pid: number; uid: number; seen: boolean };
  process.kill(pid, 'SIGKILL');
  return { uid, seen, ...(await started.finished) };
}

/** In what strace prints: the number of the thread, then the call. */
const WRITE =
  /^\d+ +open.*\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b|^\d+ +(creat|mkdir|rename|unlink|rmdir|(sym)?link|truncate|f?chmod|[fl]?chown|mknod|f?utime)/;
const NETWORK = /^\d+ +(connect|send).*\bAF_INET/;

/** System calls that create, change or remove a file, and those that reach for the network. */
async function traceBoot(...args: readonly string[]): Promise<{ writes: string[]; network: string[] }> {
  const file = join(folder, 'trace');
  const strace = 'strace -f -qq -s 200 -e trace=%file,%network -o'.split(' ');
  const booted = await boot([...strace, file, ...asNobody, ...args]);
  expect(booted).toMatchObject({ uid: NOBODY, seen: true });
  const calls = readFileSync(file, 'utf8').split('\n');
  return {
    writes: calls.filter((call) => WRITE.test(call)),
    network: calls.filter((call) => NETWORK.test(call)),
  };
}

testAsRoot('starts as nobody without HOME and with an empty environment', async () => {
  expect(await boot(asNobody)).toMatchObject({ uid: NOBODY, seen: true, stderr: '' });
});

testMounted('starts as nobody on a read-only file system', async () => {
  expect(await boot([...readOnlyRoot, ...asNobody])).toMatchObject({ uid: NOBODY, seen: true, stderr: '' });
});

testTraced('writes no file and makes no network call at boot', async () => {
  expect(await traceBoot()).toEqual({ writes: [], network: [] });
});

testTraced('the trace sees a file written and a network call made', async () => {
  const { writes, network } = await traceBoot(join(folder, 'written'));

  expect(writes).toEqual([expect.stringContaining(join(folder, 'written'))]);
  expect(network).toEqual([expect.stringContaining('127.0.0.1')]);
});
