import type { Rule } from './rules.ts';

export interface StatsdAddress {
  readonly host: string;
  readonly port: number;
}

const PORT = 8125;

/** A name or address with or without a port; an IPv6 address that has one stands in brackets. */
export const statsdAddress: Rule<StatsdAddress> = {
  expected: `a host with or without its UDP port (statsd.internal:${PORT}, 10.0.0.7, [::1]:${PORT})`,
  parse(given) {
    const [, inBrackets, name, alone, digits = PORT] =
      /^(?:\[([0-9a-f:.]+(?:%\w+)?)\]|([\w.-]+)|([0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*))(?::(\d+))?$/i.exec(given) ?? [];
    const host = inBrackets ?? name ?? alone;
    const port = Number(digits);
    return host !== undefined && port >= 1 && port <= 65_535 ? { value: { host, port } } : undefined;
  },
};
