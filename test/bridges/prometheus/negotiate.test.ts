import { describe, expect, test } from 'vitest';
import { negotiate } from '../../../src/bridges/prometheus/negotiate.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const cases: readonly (readonly [who: string, accept: string | undefined, expected: string])[] = [
  ['nobody in particular', undefined, TEXT],
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', TEXT],
  [
    'Prometheus 2.42',
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    OPENMETRICS,
  ],
  [
    'Prometheus 3',
    'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1',
    `${OPENMETRICS}; escaping=allow-utf-8`,
  ],
  [
    'who wants text with names in quotes',
    'text/plain;version=1.0.0;escaping=allow-utf-8',
    'text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8',
  ],
  ['who prefers text', 'application/openmetrics-text;q=0.1, text/plain;version=0.0.4', TEXT],
  [
    'who wants protobuf',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
    TEXT,
  ],
  ['who rules OpenMetrics out', 'application/openmetrics-text;version=1.0.0;q=0', TEXT],
  [
    'who asks for an escaping that nobody knows',
    'application/openmetrics-text;version=1.0.0;escaping=rot13',
    OPENMETRICS,
  ],
  ['who shouts', 'APPLICATION/OPENMETRICS-TEXT; VERSION=1.0.0', OPENMETRICS],
];

describe('the format is that of', () => {
  test.each(cases)('%s', (_who, accept, expected) => {
    expect(negotiate(accept).contentType).toBe(expected);
  });
});

test.each([',;,;=', 'q=', ';'.repeat(100_000), 'application/openmetrics-text;q=NaN', '\u0000'])(
  'what is no Accept (%#) gets text',
  (accept) => {
    expect(negotiate(accept).contentType).toBe(TEXT);
  },
);
