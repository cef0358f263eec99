/**
 * The same text, with memory of its own: to V8 a part of a text is a view of the whole, which would be held as long as the
 * part is.
 */
export const detached = (text: string): string => structuredClone(text);
