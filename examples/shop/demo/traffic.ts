const ROUNDS = 6;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** What a handful of visitors do in one round: ten requests, three of which end badly. */
const visit = (round: number): readonly Call[] => [
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/products' },
  { method: 'GET', path: '/products/1' },
  { method: 'GET', path: '/products/1' },
  { method: 'POST', path: '/signup', body: { email: `visitor-${Date.now()}-${round}@example.com` } },
  { method: 'POST', path: '/checkout', body: { productId: 1, card: 'good' } },
  { method: 'POST', path: '/checkout', body: { productId: 2, quantity: 3, card: 'good' } },
  { method: 'POST', path: '/checkout', body: { productId: 3, card: 'declined' } },
  { method: 'POST', path: '/checkout', body: { productId: 4, card: 'good' } },
  { method: 'GET', path: '/astrology' },
];

/** Sends sixty requests, one after the other; the answer says how often each status came back. */
export async function sendTraffic(shopUrl: string): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { method, path, body } of visit(round)) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(shopUrl + path, {
        method,
        ...(body !== undefined && { headers, body: JSON.stringify(body) }),
      });
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
  }
  return statuses;
}
