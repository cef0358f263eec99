/** What both encodings ask of a value. */

/** Other numbers are sent as doubles. */
export const isInt64 = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;

/** Whatever is in the place of a text: an application may name a span by a number. */
export const asText = (text: unknown): string => (typeof text === 'string' ? text : String(text ?? ''));
