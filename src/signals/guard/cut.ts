import { detached } from '../../detached.ts';

/** The first characters of a text, with nothing of the rest. */
export const cut = (text: string, length: number): string =>
  text.length > length ? detached(text.slice(0, length)) : text;
