/** `host:port/database`, as the semantic conventions name a pool that has no name; never a user or a password. */
export function poolName(host: unknown, port: unknown, database: unknown): string {
  const at = port === undefined || port === null ? text(host) : `${text(host)}:${text(port)}`;
  return database === undefined || database === null || database === '' ? at : `${at}/${text(database)}`;
}

const text = (part: unknown): string => String(part ?? 'localhost');
