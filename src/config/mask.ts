/** What is shown of secrets, in messages, on pages and in summaries. */

export const MASK = '***';

/** URLs without user, password and the values of their query: keys of an API travel there. */
export function maskUrl(text: string): string {
  return text
    .replace(/\/\/[^/?#\s]*@/g, `//${MASK}@`)
    .replace(/(\/\/[^\s?#]*\?)([^\s#]*)/g, (_url, start: string, query: string) => start + maskQuery(query));
}

const maskQuery = (query: string): string =>
  query.replace(/([^&=]*=)?[^&]+/g, (_pair, name: string = '') => `${name}${MASK}`);
