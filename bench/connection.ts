import { connect } from 'node:net';

export interface Connection {
  /** Sends the request; the answer to the last one must have come. */
  ask(): void;
  end(): void;
}

/**
 * A connection that is kept alive and asks for one path, on a raw socket, so that whoever measures spends little himself.
 * `onAnswer` hears of every answer whether it was 200.
 */
export function openConnection(port: number, path: string, onAnswer: (ok: boolean) => void): Connection {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: */*\r\n\r\n`);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  let ended = false;
  // What was not answered until then is known to whoever asked.
  socket.on('error', (cause) => {
    if (!ended) throw cause;
  });
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received += chunk;
    const head = received.indexOf('\r\n\r\n');
    const length = /content-length: *(\d+)/i.exec(received)?.[1];
    const complete =
      head >= 0 &&
      (length === undefined ? received.endsWith('0\r\n\r\n') : received.length >= head + 4 + Number(length));
    if (!complete) return;
    const ok = received.startsWith('HTTP/1.1 200');
    received = '';
    onAnswer(ok);
  });
  return {
    ask: () => void socket.write(request),
    end() {
      ended = true;
      socket.end();
    },
  };
}
