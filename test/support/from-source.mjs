/** `node --import` it to run the sources in a child process, without a build: chunks are modules, the version is fixed. */
import { registerHooks } from 'node:module';

globalThis.FIRSTLIGHT_VERSION = '0.0.0-source';
const sourceChunks = new URL('source-chunks.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('/chunk.ts') ? { url: sourceChunks, shortCircuit: true } : next(specifier, context),
});
