/** What both encodings ask of a value. */

/** Levels of a value that are sent: for one that is nested deeper than about 30 some receivers refuse all of the request. */
export const DEPTH = 16;
/** Stands for what lies deeper. */
export const DEEP = '[deep]';

/** Other numbers are sent as doubles. */
export const isInt64 = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;

/** Whatever is in the place of a text: an application may name a span by a number. */
export const asText = (text: unknown): string => (typeof text === 'string' ? text : String(text ?? ''));
