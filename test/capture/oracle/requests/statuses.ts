import { END, head, type Row } from '../request.ts';

const STATUSES = [
  200, 201, 202, 204, 205, 206, 226, 299, 300, 301, 302, 304, 307, 308, 399, 400, 401, 402, 403, 404, 405, 408, 409,
  410, 413, 418, 421, 422, 425, 426, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 599, 600, 799,
  999,
];
/** What Node sends as an answer, though it is none. */
const INTERIM = [100, 101, 102, 103, 199];

export const statuses: readonly Row[] = [
  ...STATUSES.map((status): Row => ({ name: `status ${status}`, steps: [head(`GET /status/${status}`)] })),
  ...INTERIM.map((status): Row => ({
    name: `status ${status} at the end`,
    steps: [head(`GET /status/${status}`), /\r\n\r\n/, END],
  })),
  { name: 'a status that is none', steps: [head('GET /status/1000'), 60, END] },
  { name: 'a status set without writeHead', steps: [head('GET /implicit')] },
  { name: 'a status message', steps: [head('GET /message')] },
  { name: 'a status set after the headers', steps: [head('GET /status-after')] },
  { name: 'a failing status on HEAD', steps: [head('HEAD /status/503')] },
  { name: 'the method and the target are rewritten', steps: [head('GET /rewritten?a=1')] },
];
