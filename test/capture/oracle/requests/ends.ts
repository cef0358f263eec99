import { END, head, kept, RESET, type Row } from '../request.ts';

const UNFINISHED = 'Content-Length: 100';
/** Is sent when the application has the request. */
const HEARD = /102 Processing/;

/** Who ends a request otherwise than by an answer, and when. */
export const ends: readonly Row[] = [
  { name: 'the client leaves before the headers', steps: [head('GET /hang'), HEARD, END] },
  { name: 'the client resets before the headers', steps: [head('GET /hang'), HEARD, RESET] },
  { name: 'the client leaves after the headers', steps: [head('GET /hang/sent'), /first/, END] },
  { name: 'the client resets after the headers', steps: [head('GET /hang/sent'), /first/, RESET] },
  { name: 'the client leaves within its body', steps: [head('POST /hang', UNFINISHED), HEARD, 'hel', END] },
  { name: 'the client resets within its body', steps: [head('POST /hang', UNFINISHED), HEARD, 'hel', RESET] },
  {
    name: 'the client leaves within its chunks',
    steps: [head('POST /hang', 'Transfer-Encoding: chunked'), HEARD, '5\r\nhe', END],
  },
  { name: 'the client leaves within its body, answered', steps: [kept('POST /hello', UNFINISHED), /hello/, END] },
  { name: 'the client leaves a failing answer', steps: [head('GET /hang/failing'), /first/, END] },
  { name: 'the client leaves what an application answers late', steps: [head('GET /late'), HEARD, END] },
  { name: 'the client leaves within its head', steps: ['GET /hello HTTP/1.1\r\nHost: shop', 30, END] },

  { name: 'res.destroy()', steps: [head('GET /destroy')] },
  { name: 'res.destroy(error)', steps: [head('GET /destroy/error')] },
  { name: 'res.destroy() after the headers', steps: [head('GET /destroy/sent')] },
  { name: 'res.destroy(error) after the headers', steps: [head('GET /destroy/sent/error')] },
  { name: 'socket.destroy()', steps: [head('GET /socket')] },
  { name: 'socket.destroy(error)', steps: [head('GET /socket/error')] },
  { name: 'socket.destroy() after the headers', steps: [head('GET /socket/sent')] },
  { name: 'req.destroy(error)', steps: [head('GET /request/error')] },
  { name: 'an error event on the response', steps: [head('GET /error-event')] },
  { name: 'written after the end', steps: [head('GET /after-end')] },
  { name: 'headers that cannot be sent', steps: [head('GET /bad-header'), 100, END] },

  { name: 'thrown before the headers', steps: [head('GET /throw'), HEARD, END] },
  { name: 'thrown after the headers', steps: [head('GET /throw/sent'), /sent/, END] },
  { name: 'thrown after the end', steps: [head('GET /throw/ended')] },
  { name: 'thrown in a timer', steps: [head('GET /throw/timer'), HEARD, END] },
  { name: 'thrown by an async handler', steps: [head('GET /throw/async'), HEARD, END] },
  { name: 'thrown what is no error', steps: [head('GET /throw/string'), HEARD, END] },
  { name: 'thrown nothing', steps: [head('GET /throw/undefined'), HEARD, END] },

  { name: 'requestTimeout', to: 'impatient', steps: [head('POST /echo', UNFINISHED), 'hel'] },
  { name: 'headersTimeout', to: 'impatient', steps: ['GET /hello HTTP/1.1\r\nHost: shop'] },
  { name: 'server.setTimeout', to: 'idle', steps: [head('GET /hang')] },
  { name: 'server.setTimeout after the headers', to: 'idle', steps: [head('GET /hang/sent')] },
  { name: 'req.setTimeout within the body', steps: [head('POST /timeout/request', UNFINISHED), 'hel'] },
  { name: 'req.setTimeout after the body', steps: [head('GET /timeout/request')] },
  { name: 'res.setTimeout with a listener', steps: [head('GET /timeout/response')] },
];
