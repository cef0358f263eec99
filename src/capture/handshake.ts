import type { Duplex } from 'node:stream';

/** What writes to a socket in the end, however it is written to. */
interface Writes {
  _write: unknown;
  _writev?: unknown;
}

/**
 * Calls back once: with the status that the first bytes written to `socket` begin with, or with undefined where the
 * socket closes without any, or the first bytes are no answer. An upgrade and a CONNECT are answered by the application
 * itself, on the bare socket.
 */
export function watchHandshake(socket: Duplex, answered: (status: number | undefined) => void): void {
  const own = socket as unknown as Writes;
  const watched = ['_write', '_writev'] as const;
  const done = (status: number | undefined): void => {
    for (const name of watched) if (Object.hasOwn(own, name)) delete own[name];
    socket.removeListener('close', closed);
    answered(status);
  };
  const closed = (): void => done(undefined);
  const watch = (name: (typeof watched)[number], first: (given: never) => unknown): void => {
    const original = own[name];
    if (typeof original !== 'function' || Object.hasOwn(own, name)) return;
    own[name] = function (this: unknown, ...args: unknown[]): unknown {
      done(statusOf(first(args[0] as never)));
      return Reflect.apply(original, this, args);
    };
  };
  socket.prependListener('close', closed);
  watch('_write', (chunk: unknown) => chunk);
  watch('_writev', (chunks: readonly { readonly chunk: unknown }[]) => chunks[0]?.chunk);
}

function statusOf(chunk: unknown): number | undefined {
  const text = Buffer.isBuffer(chunk) ? chunk.toString('latin1', 0, 16) : String(chunk).slice(0, 16);
  const status = /^HTTP\/\d\.\d (\d{3})/.exec(text)?.[1];
  return status === undefined ? undefined : Number(status);
}
