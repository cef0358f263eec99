/**
 * The first characters of a text, with nothing of the rest: to V8 a slice is a view of the whole, which would be held in
 * memory as long as the slice is.
 */
export const cut = (text: string, length: number): string =>
  text.length > length ? structuredClone(text.slice(0, length)) : text;
