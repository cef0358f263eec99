import { expect, test } from 'vitest';
import { escapeName, type Escaping } from '../../../src/bridges/prometheus/escaping.ts';

/** As Prometheus' own library gives them (model.EscapeName). */
const cases: readonly (readonly [name: string, escaping: Escaping, expected: string])[] = [
  ['http.server.duration', 'allow-utf-8', 'http.server.duration'],
  ['http.server.duration', 'underscores', 'http_server_duration'],
  ['http.server.duration', 'dots', 'http_dot_server_dot_duration'],
  ['http.server.duration', 'values', 'U__http_2E_server_2E_duration'],
  ['no:escaping_required', 'underscores', 'no:escaping_required'],
  ['no:escaping_required', 'dots', 'no:escaping__required'],
  ['no:escaping_required', 'values', 'no:escaping_required'],
  ['mysystem.prod.west.cpu.load_total', 'values', 'U__mysystem_2E_prod_2E_west_2E_cpu_2E_load__total'],
  ['label with 😱', 'underscores', 'label_with__'],
  ['label with 😱', 'dots', 'label__with____'],
  ['label with 😱', 'values', 'U__label_20_with_20__1F631_'],
];

test.each(cases)('%s for those who ask for %s is %s', (name, escaping, expected) => {
  expect(escapeName(name, escaping)).toBe(expected);
});
