import { Redis } from 'ioredis';
import { log } from './log.ts';

export interface Cache {
  read(key: string): Promise<string | undefined>;
  /** `ttl` is in seconds. */
  write(key: string, value: string, ttl: number): Promise<void>;
  close(): Promise<void>;
}

/** A cache is never worth a failed request: what Redis refuses is a miss. */
export function redisCache(url: string): Cache {
  const redis = new Redis(url, { keyPrefix: 'shop:', maxRetriesPerRequest: 1 });
  redis.on('error', (error: Error) => log.warn('cache unavailable', { reason: error.message }));
  return {
    read: async (key) => (await redis.get(key).catch(() => null)) ?? undefined,
    write: async (key, value, ttl) => {
      await redis.set(key, value, 'EX', ttl).catch(() => {});
    },
    close: async () => {
      await redis.quit().catch(() => {});
    },
  };
}

export const noCache: Cache = {
  read: async () => undefined,
  write: async () => {},
  close: async () => {},
};
