/** Other versions of Node, from npm. */
import { join } from 'node:path';
import { CACHE, npm, once } from './install.ts';

/** Too old to run Firstlight: the application runs without it. */
export const UNSUPPORTED = ['14.21.3', '16.20.2', '18.20.8', '20.20.2'] as const;
/** Has `module.registerHooks`, but not yet in the form that ES modules need: CommonJS alone is instrumented. */
export const COMMONJS_ONLY = ['22.15.0'] as const;
export const SUPPORTED = ['22.23.3', '24.21.0', '26.10.0'] as const;

/** The path of Node `version`, installed on first use. */
export async function nodeBinary(version: string): Promise<string> {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const name = `${prefix}-${process.platform}-${process.arch}`;
  const folder = await once(join(CACHE, 'node', version), async (fresh) => {
    await npm(
      ['install', '--prefer-offline', '--ignore-scripts', '--no-save', '--prefix', fresh, `${name}@${version}`],
      fresh,
    );
  });
  return join(folder, 'node_modules', name, 'bin', 'node');
}
