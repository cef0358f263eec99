/** What is longer names nothing that there are few of. */
const LONGEST = 128;

/** The name that an attribute of a span holds, if it can be one of a metric. */
export const nameIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST ? value : undefined;
