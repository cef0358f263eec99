/** Asks a server one thing and tells all of its answer. */
import { request as httpRequest, type Agent } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Ask } from './application.ts';

const PATIENCE = 10_000;

/** Text, and bytes as text that shows every one of them. */
export type Answer = string;

export function answerTo(ask: Ask, port: number, agent: Agent, traceparent: string): Promise<Answer> {
  if (ask.raw !== undefined) return rawAnswer(ask.raw(`traceparent: ${traceparent}`), port, ask.abort === true);
  if (ask.messages !== undefined) return socketAnswer(ask, ask.messages, port, traceparent);
  return httpAnswer(ask, port, agent, traceparent);
}

async function httpAnswer(
  { method = 'GET', path, headers, body }: Ask,
  port: number,
  agent: Agent,
  traceparent: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, agent, headers: { traceparent, ...headers } };
    const request = httpRequest(options, (response) => {
      const { statusCode, statusMessage, rawHeaders } = response;
      buffer(response).then(
        (content) => resolve(`${statusCode} ${statusMessage}\n${lines(rawHeaders)}\n\n${content.toString('latin1')}`),
        reject,
      );
    });
    request.setTimeout(PATIENCE, () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    request.on('error', reject).end(body);
  });
}

function lines(rawHeaders: readonly string[]): string {
  return rawHeaders.map((text, index) => text + (index % 2 === 0 ? ': ' : '\n')).join('');
}

async function rawAnswer(bytes: string, port: number, abort: boolean): Promise<Answer> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setTimeout(PATIENCE, () => socket.destroy(new Error(`no end of the answer to ${bytes}`)));
  if (!abort) {
    socket.write(bytes);
    return (await buffer(socket)).toString('latin1');
  }
  await new Promise<void>((resolve, reject) => void socket.once('error', reject).write(bytes, () => resolve()));
  // The server shall have begun.
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.destroy();
  return '';
}

/** The handshake is written out, so that it carries the trace. */
function socketAnswer({ path, replies = 0 }: Ask, messages: readonly string[], port: number, traceparent: string) {
  return new Promise<Answer>((resolve, reject) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' };
    const key = { 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'), traceparent };
    const request = httpRequest({ port, host: '127.0.0.1', path, headers: { ...headers, ...key }, agent: false });
    request.setTimeout(PATIENCE, () => request.destroy(new Error(`no handshake on ${path}`)));
    request.on('error', reject).end();
    request.on('response', (response) => {
      response.resume();
      resolve(`${response.statusCode}\n${lines(response.rawHeaders)}`);
    });
    request.on('upgrade', (response, socket, head) => {
      let received = head;
      const look = (): void => {
        const frames = framesOf(received).slice(0, replies);
        if (frames.length < replies) return;
        socket.destroy();
        resolve(`${response.statusCode}\n${lines(response.rawHeaders)}\n${frames.join('\n')}`);
      };
      socket.on('error', reject).on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        look();
      });
      for (const message of messages) socket.write(frame(message));
      look();
    });
  });
}

/** A text frame of a client, its mask all zeroes. */
function frame(message: string): Buffer {
  const content = Buffer.from(message);
  if (content.length > 125) throw new Error('only short messages');
  return Buffer.concat([Buffer.from([0x81, 0x80 | content.length, 0, 0, 0, 0]), content]);
}

/** The content of all complete frames of a server. */
function framesOf(bytes: Buffer): string[] {
  const frames = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const start = at + (short === 126 ? 4 : 2);
    const end = start + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
    if (end > bytes.length) break;
    frames.push(bytes.toString('latin1', start, end));
    at = end;
  }
  return frames;
}
