/** A server under load (`fixtures/busy.cjs`). */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { register, start, type Finished } from '../support/run.ts';
import type { Shown } from './steady.ts';
import { fixtures } from './ways.ts';

export interface Busy {
  readonly port: number;
  show(): Promise<Shown>;
  /** Asks twice a second until it is true of what is shown. */
  until(condition: (shown: Shown) => boolean, timeoutMs: number): Promise<Shown>;
  end(): Promise<Finished>;
  kill(): void;
}

export async function startBusy(url: string, env: Readonly<Record<string, string>>, lifetime: number): Promise<Busy> {
  const { child, finished, waitFor } = start([join(fixtures, 'busy.cjs')], {
    flags: ['--expose-gc', '--import', register],
    timeout: lifetime,
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env },
  });
  const [, port] = await waitFor(/port (\d+)/);
  const show = async (): Promise<Shown> => {
    const answer = await fetch(`http://127.0.0.1:${port}/show`, { headers: { connection: 'close' } });
    return (await answer.json()) as Shown;
  };
  return {
    port: Number(port),
    show,
    async until(condition, timeoutMs) {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const shown = await show();
        if (condition(shown)) return shown;
        if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(shown)}`);
        await sleep(500);
      }
    },
    end() {
      child.kill('SIGTERM');
      return finished;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
