/** How often a call was not followed as there were too many of its kind already; firstlight.metrics.dropped shows it. */
export const dropped = { meters: 0, instruments: 0, callbacks: 0 };
