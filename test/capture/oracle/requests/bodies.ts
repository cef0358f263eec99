import { HALF, END, head, kept, type Row } from '../request.ts';

const EXPECT = ['Expect: 100-continue', 'Content-Length: 5'];

export const bodies: readonly Row[] = [
  { name: 'a body with a length', steps: [head('POST /echo', 'Content-Length: 5'), 'hello'] },
  { name: 'a body in pieces', steps: [head('POST /echo', 'Content-Length: 5'), 20, 'he', 20, 'llo'] },
  { name: 'a chunked body', steps: [head('POST /echo', 'Transfer-Encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'] },
  {
    name: 'a chunked body with extensions and trailers',
    steps: [
      head('POST /echo', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'),
      '5;note=1\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n',
    ],
  },
  { name: 'a bad chunk', steps: [head('POST /echo', 'Transfer-Encoding: chunked'), 'zz\r\nhello\r\n'] },
  { name: 'both lengths at once', steps: [head('POST /echo', 'Content-Length: 5', 'Transfer-Encoding: chunked')] },
  { name: 'two lengths', steps: [head('POST /echo', 'Content-Length: 5', 'Content-Length: 6')] },
  { name: 'a body nobody reads', steps: [head('POST /hello', 'Content-Length: 5'), 'hello'] },
  { name: 'a body on GET', steps: [head('GET /echo', 'Content-Length: 5'), 'hello'] },
  { name: 'an answer in chunks', steps: [head('GET /chunked')] },
  { name: 'an answer with trailers', steps: [head('GET /trailers', 'TE: trailers')] },
  { name: 'an answer shorter than its length', steps: [head('GET /length/short'), /length$/, END] },
  { name: 'an answer longer than its length', steps: [head('GET /length/long')] },
  { name: 'an answer longer than its strict length', steps: [head('GET /length/strict'), 100, END] },
  { name: 'an answer through a pipeline', steps: [head('GET /pipeline')] },
  { name: '100-continue', steps: [head('POST /echo', ...EXPECT), /100 Continue/, 'hello'] },
  { name: '100-continue that is not waited for', steps: [head('POST /echo', ...EXPECT), 'hello'] },
  {
    name: '100-continue with a listener',
    to: 'listening',
    steps: [head('POST /echo', ...EXPECT), /100 Continue/, 'hello'],
  },
  { name: '100-continue refused by a listener', to: 'listening', steps: [head('POST /refused', ...EXPECT)] },
  { name: 'an expectation nobody knows', steps: [head('POST /echo', 'Expect: tea', 'Content-Length: 0')] },
  {
    name: 'an expectation with a listener',
    to: 'listening',
    steps: [head('POST /tea', 'Expect: tea', 'Content-Length: 0')],
  },
  { name: '102 Processing', steps: [head('GET /processing')] },
  { name: '103 Early Hints', steps: [head('GET /early-hints')] },
];

export const connections: readonly Row[] = [
  { name: 'kept alive', steps: [kept('GET /hello/1'), /hello/, head('GET /hello/2')] },
  { name: 'three in one packet', steps: [kept('GET /hello/1') + kept('GET /hello/2') + head('GET /hello/3')] },
  {
    name: 'three in one packet, the first is slowest',
    steps: [kept('GET /slow/60') + kept('GET /slow/30') + head('GET /slow/5')],
  },
  {
    name: 'pipelined after a body',
    steps: [kept('POST /echo/1', 'Content-Length: 5') + 'hello' + head('POST /echo/2', 'Content-Length: 2') + 'hi'],
  },
  { name: 'the second of two cannot be parsed', steps: [kept('GET /hello/1'), /hello/, 'nonsense\r\n\r\n'] },
  {
    name: 'two in one packet, the connection closes with the first',
    steps: [head('GET /hello/1') + head('GET /hello/2')],
  },
  { name: 'the second is cut off', steps: [kept('GET /hello/1') + kept('GET /hang/2'), /102 Processing/, END] },
  { name: 'half closed before the answer', steps: [kept('GET /slow/30'), HALF] },
];
