/** The package that a file lies in: `name` is its folder below the innermost `node_modules`. */
export interface PackageOf {
  readonly name: string;
  readonly folder: string;
}

const ROOT = 'node_modules';

/** @param file a path or a file URL; undefined is returned for what lies in no `node_modules`, as the application */
export function packageOf(file: string): PackageOf | undefined {
  const root = file.lastIndexOf(ROOT);
  if (root === -1) return undefined;
  const start = root + ROOT.length + 1;
  const separator = file.charAt(start - 1);
  let end = file.indexOf(separator, start);
  if (end !== -1 && file.charAt(start) === '@') end = file.indexOf(separator, end + 1);
  if (end === -1) return undefined;
  const name = file.slice(start, end);
  return { name: separator === '/' ? name : name.replaceAll(separator, '/'), folder: file.slice(0, end) };
}
