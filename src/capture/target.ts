const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/**
 * The path as it was sent, and the query, of what a request asks for. A proxy is sent whole URLs; in the target of a
 * CONNECT, and in `*`, there is no path.
 */
export function pathAndQuery(method: string, target: string): readonly [path: string, query?: string] {
  if (target === '*' || method === 'CONNECT') return [''];
  const fragment = target.indexOf('#');
  const end = fragment === -1 ? target.length : fragment;
  const start = target.startsWith('/') ? 0 : (AUTHORITY.exec(target)?.[0].length ?? 0);
  const mark = target.indexOf('?', start);
  if (mark === -1 || mark > end) return [target.slice(start, end) || '/'];
  return [target.slice(start, mark) || '/', target.slice(mark + 1, end)];
}
