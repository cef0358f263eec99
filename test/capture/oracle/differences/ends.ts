import type { Reasoned } from './reasoned.ts';

export const ends: readonly Reasoned[] = [
  {
    requests: [
      'a bad chunk',
      'half closed before the answer',
      'the client leaves before the headers',
      'the client resets before the headers',
      'the client leaves within its body',
      'the client resets within its body',
      'the client leaves within its chunks',
      'the client leaves what an application answers late',
      'the client leaves a route',
      'res.destroy()',
      'socket.destroy()',
      'socket.destroy(error)',
      'req.destroy(error)',
      'thrown in a timer',
      'thrown by an async handler',
      'requestTimeout',
      'the second is cut off',
      'server.setTimeout',
      'req.setTimeout after the body',
    ],
    what: {
      status: ['unset', 'error'],
      'http.response.status_code': [200, undefined],
      'error.type': [undefined, 'aborted'],
    },
    reason: 'A status is reported if and only if it was sent; without one the request has failed.',
  },
  {
    requests: ['thrown nothing'],
    what: {
      status: ['unset', 'error'],
      'http.response.status_code': [200, undefined],
      'error.type': [undefined, '_OTHER'],
      events: [[], ['exception undefined: undefined']],
    },
    reason: 'The same, and something was thrown, if only undefined.',
  },
  {
    requests: ['res.destroy(error)'],
    what: {
      status: ['unset', 'error the response is broken'],
      'http.response.status_code': [200, undefined],
      'error.type': [undefined, 'Error'],
      events: [[], ['exception Error: the response is broken']],
    },
    reason: 'The same, and what the response was destroyed with is why.',
  },
  {
    requests: ['res.destroy(error) after the headers'],
    what: {
      status: ['unset', 'error the response is broken'],
      'error.type': [undefined, 'Error'],
      events: [[], ['exception Error: the response is broken']],
    },
    reason: 'Another error than the status tells of makes a span fail, and is its description.',
  },
  {
    requests: ['an error event on the response'],
    what: {
      status: ['error an error of the response', 'unset'],
      'error.type': ['TypeError', undefined],
      events: [['exception TypeError: an error of the response'], []],
      'http.response.status_code': [undefined, 200],
    },
    reason: 'The application dealt with the error, and its client got all of the answer: 200.',
  },
  {
    requests: ['written after the end'],
    what: {
      status: ['error write after end', 'unset'],
      'error.type': ['Error', undefined],
      events: [['exception ERR_STREAM_WRITE_AFTER_END: write after end'], []],
      'http.response.status_code': [undefined, 200],
    },
    reason: 'The same.',
  },
  {
    requests: ['thrown after the headers', 'thrown after the end', 'an answer longer than its strict length'],
    what: { 'http.response.status_code': [undefined, 200] },
    reason: 'The status was sent.',
  },
  {
    requests: ['thrown what is no error'],
    what: { 'error.type': [undefined, '_OTHER'] },
    reason: 'A span that failed says by what.',
  },
];
