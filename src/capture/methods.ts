/** What a method is that is not known: a client may invent as many as it likes. */
export const OTHER = '_OTHER';

const KNOWN = ['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'];

/** The methods that are reported by name: those of RFC 9110, PATCH and QUERY, unless others are `given`. */
export const knownMethods = (given: readonly string[] = KNOWN): ReadonlySet<string> => new Set(given);

export const reportedMethod = (method: string, known: ReadonlySet<string>): string =>
  known.has(method) ? method : OTHER;

/** `reported` is a method as it is reported. */
export const spanName = (reported: string): string => (reported === OTHER ? 'HTTP' : reported);
