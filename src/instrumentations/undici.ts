import { UndiciInstrumentation as Stock } from '@opentelemetry/instrumentation-undici';

export class UndiciInstrumentation extends Stock {
  /** `fetch` loads nothing by which it could be noticed: its first request does, when it is announced already. */
  missed(message: unknown): void {
    (this as unknown as { onRequestCreated(message: unknown): void }).onRequestCreated(message);
  }
}
