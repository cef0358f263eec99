interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface OrdersClient {
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown): Promise<Answer>;
}

/** Milliseconds that the orders service may take to answer. */
const TIMEOUT = 5_000;

/** Refusals (4xx) are answers; whatever the orders service fails at is an error here too. */
export function ordersClient(baseUrl: string): OrdersClient {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT) });
    const body = (await response.json()) as Record<string, unknown>;
    if (response.status >= 500) throw new Error(`orders answered ${response.status} to ${init.method} ${path}`);
    return { status: response.status, body };
  };
  return {
    get: (path) => call(path, { method: 'GET' }),
    post: (path, body) =>
      call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
  };
}
