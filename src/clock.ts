const { performance } = globalThis;
const { now: read } = performance;

/** Milliseconds since the start of the process, also where the application has set a clock of its own. */
export const now = (): number => read.call(performance);
