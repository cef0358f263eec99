import { BlockList, isIPv6 } from 'node:net';

/** Whether what this address says of others is believed. */
export type IsTrusted = (address: string) => boolean;

/** `proxies` as the setting has them. Undefined: nobody is believed, and the headers of proxies are not looked at. */
export function trust(proxies: readonly string[]): IsTrusted | undefined {
  if (proxies.length === 0) return undefined;
  if (proxies.includes('all')) return () => true;
  const networks = new BlockList();
  for (const network of proxies) {
    const [address = '', bits] = network.split('/');
    networks.addSubnet(address, Number(bits), familyOf(address));
  }
  // What is no address, a name or `unknown`, is in none of them.
  return (address) => networks.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');
