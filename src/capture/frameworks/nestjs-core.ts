import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InstrumentationBase, InstrumentationNodeModuleDefinition, isWrapped } from '@opentelemetry/instrumentation';
import { noteError } from '../exchange.ts';

/** What the handler of a route is called with: the request is that of Node or express, or wraps it. */
interface Host {
  getArgByIndex(index: 0): { readonly raw?: object };
}
type Next = (this: unknown, exception: unknown, host: Host) => unknown;

interface ExceptionsFile {
  readonly ExceptionsHandler: { readonly prototype: { next: Next } };
}

/** The private method that is told where the package is. */
interface Versions {
  _extractPackageVersion(this: NestInstrumentation, folder: string): string | undefined;
}

/** Tells what made a request fail, which the framework beneath never gets to see. Routes are told by that one. */
export class NestInstrumentation extends InstrumentationBase {
  /** Of the package that is being loaded. */
  declare folder: string;
  readonly leavesExports = true;

  constructor(config = {}) {
    super('firstlight/nestjs-core', FIRSTLIGHT_VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('@nestjs/core', ['>=8 <13'], (core: unknown) => {
      // Not exported, and loaded with what is. Asked for by its path, it is the same for `require` and `import`.
      const file = createRequire(join(this.folder, 'package.json'))('./exceptions/exceptions-handler.js');
      const { prototype } = (file as ExceptionsFile).ExceptionsHandler;
      if (!isWrapped(prototype.next)) this._wrap(prototype, 'next', noting);
      return core;
    });
  }
}

const { _extractPackageVersion: version } = InstrumentationBase.prototype as unknown as Versions;
(NestInstrumentation.prototype as unknown as Versions)._extractPackageVersion = function (folder) {
  this.folder = folder;
  return version.call(this, folder);
};

const noting = (next: Next): Next =>
  function (exception, host) {
    const request = host.getArgByIndex(0);
    noteError(request.raw ?? request, exception);
    return next.call(this, exception, host);
  };
