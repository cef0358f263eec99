import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads a part of the bundle on first use, synchronously: a preload that `--require` may load cannot wait for a
 * promise. `build.ts` lists the names. The caller names the type:
 * `loadChunk<typeof import('./delivery/transport-grpc.ts')>('transport-grpc')`.
 */
export function loadChunk<T>(name: string): T {
  return require(`./chunks/${name}.cjs`) as T;
}
