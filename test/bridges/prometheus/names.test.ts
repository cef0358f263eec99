import { describe, expect, test } from 'vitest';
import { labelName, metricName, type Suffix } from '../../../src/bridges/prometheus/names.ts';

describe('metric names', () => {
  const cases: readonly (readonly [name: string, unit: string, suffix: Suffix, expected: string])[] = [
    ['http.server.request.duration', 's', undefined, 'http_server_request_duration_seconds'],
    ['http.server.active_requests', '{request}', undefined, 'http_server_active_requests'],
    ['http.server.request.body.size', 'By', undefined, 'http_server_request_body_size_bytes'],
    ['requests', '{request}', 'total', 'requests_total'],
    ['requests.total', '', 'total', 'requests_total'],
    ['total', '', 'total', 'total'],
    ['io.total', 'By', 'total', 'io_bytes_total'],
    ['total.requests', '', 'total', 'total_requests_total'],
    ['process.cpu.utilization', '1', 'ratio', 'process_cpu_utilization_ratio'],
    ['hit.ratio', '1', 'ratio', 'hit_ratio'],
    ['errors', '1', 'total', 'errors_total'],
    ['jobs', '1', undefined, 'jobs'],
    ['old.duration', 'ms', undefined, 'old_duration_milliseconds'],
    ['job.duration.seconds', 's', undefined, 'job_duration_seconds'],
    ['seconds.behind', 's', undefined, 'seconds_behind'],
    ['read', 'By/s', undefined, 'read_bytes_per_second'],
    ['rate', '{request}/s', undefined, 'rate_per_second'],
    ['rate', '1/min', undefined, 'rate_per_minute'],
    ['speed', 'm/s', undefined, 'speed_meters_per_second'],
    ['per.host', 's/{host}', undefined, 'per_host_seconds'],
    ['memory', 'MiBy', undefined, 'memory_mebibytes'],
    ['temperature', 'Cel', undefined, 'temperature_celsius'],
    ['load', '%', undefined, 'load_percent'],
    ['frequency', 'Hz', undefined, 'frequency_hertz'],
    ['dust', 'ug/m3', undefined, 'dust_ug_per_m3'],
    ['sticker', 'widgets!', undefined, 'sticker_widgets'],
    ['annotated', 'By{sent}', undefined, 'annotated_bytes'],
    ['constructor', 'constructor', undefined, 'constructor'],
    ['2xx.responses', '', 'total', '_2xx_responses_total'],
    ['a--b..c__d', '', undefined, 'a_b_c_d'],
    ['rule:sum', '', undefined, 'rule_sum'],
    ['temperatür', '', undefined, 'temperat_r'],
    ['日本', 's', undefined, ''],
    ['', 's', undefined, ''],
    ['n'.repeat(100_000), 's', 'total', `${'n'.repeat(256)}_seconds_total`],
    ['queue', 'u'.repeat(100_000), undefined, `queue_${'u'.repeat(63)}`],
  ];
  test.each(cases)('%j in %j with suffix %s is %j', (name, unit, suffix, expected) => {
    expect(metricName(name, unit, suffix)).toBe(expected);
  });
});

describe('label names', () => {
  test.each([
    ['http.route', 'http_route'],
    ['http.request.header.x-id', 'http_request_header_x_id'],
    ['__name__', '_name_'],
    ['9lives', 'key_9lives'],
    ['', '_'],
    ['日本', '_'],
    ['le', 'exported_le'],
    ['quantile', 'exported_quantile'],
    ['instance', 'instance'],
    ['__proto__', '_proto_'],
    ['k'.repeat(100_000), 'k'.repeat(256)],
  ])('%j is %j', (key, expected) => {
    expect(labelName(key)).toBe(expected);
  });
});
