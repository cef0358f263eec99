/** The package that a file lies in: `name` is its folder below the innermost `node_modules`. */
export interface PackageOf {
  readonly name: string;
  readonly folder: string;
}

/** @param file a path or a file URL; undefined is returned for what lies in no `node_modules`, as the application */
export function packageOf(file: string): PackageOf | undefined {
  const separator = file.includes('/') ? '/' : '\\';
  const root = `${separator}node_modules${separator}`;
  const at = file.lastIndexOf(root);
  if (at === -1) return undefined;
  const start = at + root.length;
  let end = file.indexOf(separator, start);
  if (end !== -1 && file.charAt(start) === '@') end = file.indexOf(separator, end + 1);
  if (end === -1) return undefined;
  const name = file.slice(start, end);
  return { name: separator === '/' ? name : name.replaceAll(separator, '/'), folder: file.slice(0, end) };
}
