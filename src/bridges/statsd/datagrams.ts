/** Bytes of a datagram that no network has to split: an Ethernet frame without the headers of IPv6 and UDP, and some. */
const LARGEST = 1432;

/** Lines packed into datagrams. One that fits in none is left out; what makes lines never makes it. */
export function* datagrams(lines: Iterable<string>): Generator<string, undefined> {
  let packed = '';
  let size = 0;
  for (const line of lines) {
    const length = Buffer.byteLength(line);
    if (length > LARGEST) continue;
    if (size > 0 && size + 1 + length > LARGEST) {
      yield packed;
      packed = '';
      size = 0;
    }
    packed = size === 0 ? line : `${packed}\n${line}`;
    size = size === 0 ? length : size + 1 + length;
  }
  if (size > 0) yield packed;
}
