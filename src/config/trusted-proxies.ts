import { isIPv4, isIPv6 } from 'node:net';
import { fitting, split, type Rule } from './rules.ts';

/** What a word stands for; `private` are the networks that no address of the internet is in. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fc00::/7', 'fe80::/10'],
};

const expected = 'none, all, or addresses and networks of proxies, separated by commas (10.0.0.0/8, loopback, private)';

/** Networks as `address/bits`; `all` stands alone, and none is the empty list. */
export const trustedProxies: Rule<readonly string[]> = {
  expected,
  parse(given) {
    const words = split(given.toLowerCase());
    if (words.length === 1 && words[0] === 'none') return { value: [] };
    if (words.length === 1 && words[0] === 'all') return { value: words };
    return fitting(words, expected, (word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] ?? []) : network(word)));
  },
};

function network(word: string): string[] {
  const [address = '', bits, ...rest] = word.split('/');
  const longest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  return rest.length === 0 && prefix >= 0 && prefix <= longest ? [`${address}/${prefix}`] : [];
}
