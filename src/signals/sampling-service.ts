import http from 'node:http';
import https from 'node:https';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

/** Milliseconds a sampling service may take, from the first packet to the last. */
const LONGEST = 5000;
/** Characters of an answer; strategies of thousands of operations stay far below. */
const LARGEST = 4_000_000;

/**
 * Asks a sampling service: a GET, or a POST of JSON. Rejects with a sentence for anything but a whole answer in JSON.
 * The asking makes no span, and the process does not wait for the answer.
 */
export function ask(url: string, body?: unknown): Promise<unknown> {
  return context.with(
    suppressTracing(ROOT_CONTEXT),
    () =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const options: https.RequestOptions = {
          method: text === undefined ? 'GET' : 'POST',
          headers:
            text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) },
          agent: false,
          signal: AbortSignal.timeout(LONGEST),
        };
        const request = (url.startsWith('https:') ? https : http).request(url, options, (response) => {
          let answer = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            answer += piece;
            if (answer.length > LARGEST) request.destroy(new Error(`more than ${LARGEST} characters`));
          });
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
            else parse(answer).then(resolve, reject);
          });
        });
        request.on('socket', (socket) => socket.unref());
        request.on('error', reject);
        request.end(text);
      }),
  );
}

async function parse(text: string): Promise<unknown> {
  return JSON.parse(text);
}
