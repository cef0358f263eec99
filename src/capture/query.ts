const REDACTED = 'REDACTED';

/** Parameters that sign a request, and so let whoever reads them make it again. */
const SIGNATURES = [
  'sig',
  'Signature',
  'AWSAccessKeyId',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Goog-Signature',
];

/** A query without the values of the parameters of these names; the rest stays as it was written. */
export function queryRedactor(names: readonly string[] = SIGNATURES): (query: string) => string {
  const secret = new Set(names);
  const redact = (pair: string): string => {
    const equals = pair.indexOf('=');
    return equals > 0 && secret.has(decoded(pair.slice(0, equals))) ? `${pair.slice(0, equals + 1)}${REDACTED}` : pair;
  };
  return (query) => (query.includes('=') ? query.split('&').map(redact).join('&') : query);
}

function decoded(name: string): string {
  if (!name.includes('%') && !name.includes('+')) return name;
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
