import { expect, test } from 'vitest';
import { screaming } from '../../src/config/instrumentation-options.ts';
import { loadInTest } from './load-in-test.ts';

test.each([
  ['pg', 'PG'],
  ['socket.io', 'SOCKET_IO'],
  ['aws-sdk', 'AWS_SDK'],
  ['enhancedDatabaseReporting', 'ENHANCED_DATABASE_REPORTING'],
  ['headersToSpanAttributes.server.requestHeaders', 'HEADERS_TO_SPAN_ATTRIBUTES_SERVER_REQUEST_HEADERS'],
])('%s is written %s in a variable', (name, written) => {
  expect(screaming(name)).toBe(written);
});

test('the variables of the family become the settings of the instrumentations', () => {
  const { config, problems, origins } = loadInTest({
    FIRSTLIGHT_INSTRUMENTATION_PG_ENHANCED_DATABASE_REPORTING: 'true',
    FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGTH: '100',
    FIRSTLIGHT_INSTRUMENTATION_SOCKET_IO_TRACE_RESERVED: 'true',
    FIRSTLIGHT_INSTRUMENTATION_AWS_SDK_ENABLED: 'false',
    FIRSTLIGHT_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES_SERVER_REQUEST_HEADERS: 'x-a,x-b',
  });
  expect(problems).toEqual([]);
  expect(config.instrumentations).toEqual({
    pg: { options: { enhancedDatabaseReporting: true, maxQueryLength: 100 } },
    'socket.io': { options: { traceReserved: true } },
    'aws-sdk': { enabled: false, options: {} },
    http: { options: { headersToSpanAttributes: { server: { requestHeaders: ['x-a', 'x-b'] } } } },
  });
  expect(origins['instrumentation.pg.maxQueryLength']).toEqual({ from: 'environment' });
});

test('a misspelt name or option gets "did you mean", a wrong value is left out', () => {
  const { problems, config } = loadInTest({
    FIRSTLIGHT_INSTRUMENTATION_PGG_ENABLED: 'true',
    FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGHT: '5',
    FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGTH: 'five',
  });
  expect(problems).toEqual([
    'FIRSTLIGHT_INSTRUMENTATION_PGG_ENABLED="true": no instrumentation has this option; ignored, ' +
      'did you mean FIRSTLIGHT_INSTRUMENTATION_PG_ENABLED?',
    'FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGHT="5": no instrumentation has this option; ignored, ' +
      'did you mean FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGTH?',
    'FIRSTLIGHT_INSTRUMENTATION_PG_MAX_QUERY_LENGTH="five": expected a whole number (0 to 2147483647); ignored',
  ]);
  expect(config.instrumentations).toEqual({ pg: { options: {} } });
});
