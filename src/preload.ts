/**
 * What every start passes through: shall this process be seen, by us, and as what? The SDK is loaded only after the
 * answer is yes.
 */
import { isMainThread, parentPort } from 'node:worker_threads';
import type * as worker from 'node:worker_threads';
import { createRequire } from 'node:module';
import { loadChunk } from './chunk.ts';
import { rivalLoaded, rivalRegistered } from './coexistence.ts';
import type { Env } from './config/env.ts';
import { load } from './config/load.ts';
import * as diag from './diag.ts';
import { catalogue } from './instrumentations/catalogue.ts';
import { running } from './instance.ts';
import { launcherName } from './launchers.ts';

/** Starts Firstlight in this thread, or says in one line why not. Never throws. */
export function preload(env: Env): void {
  const launcher = launcherName(process.argv[1]);
  if (launcher !== undefined) {
    // Its settings are not worth reading: it shall cost nothing.
    if (isMainThread && /^(?:info|debug|verbose|all)$/i.test(env['OTEL_LOG_LEVEL'] ?? '')) {
      diag.setLevel('info');
      diag.info(`${launcher} is not the application and is left alone`);
    }
    return;
  }
  if (isNodesOwnThread()) return;
  const loaded = load(env, catalogue);
  diag.setLevel(loaded.config.settings.OTEL_LOG_LEVEL);
  const before = running();
  if (before !== undefined) {
    diag.warn(`preloaded twice (${before.version} runs, ${FIRSTLIGHT_VERSION} came second); the second does nothing`);
    return;
  }
  // What the main thread has said, its workers need not say again: they have the same environment.
  if (isMainThread) for (const problem of loaded.problems) diag.warn(problem);
  if (loaded.config.settings.OTEL_SDK_DISABLED || loaded.config.unusable) return;
  if (isMainThread) for (const note of loaded.notes) diag.info(note);
  const rival = rivalRegistered() ?? rivalLoaded(Object.keys(createRequire(import.meta.url).cache));
  if (rival !== undefined) {
    if (isMainThread) {
      diag.warn(`${rival} was loaded before and owns the telemetry of this process; Firstlight stands aside`);
    }
    return;
  }
  loadChunk<typeof import('./start.ts')>('start').start(loaded, env);
}

/** Node runs loader hooks in threads of its own, which run preloads too. */
function isNodesOwnThread(): boolean {
  if (isMainThread) return false;
  const { isInternalThread } = createRequire(import.meta.url)('node:worker_threads') as typeof worker & {
    readonly isInternalThread?: boolean;
  };
  return isInternalThread === true || parentPort === null;
}
