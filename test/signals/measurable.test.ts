import { expect, test } from 'vitest';
import { createSeries } from '../../src/series.ts';
import { measurable } from '../../src/signals/guard/measurable.ts';

test('attributes of ours are not looked into, but for those that may be too long', () => {
  let reads = 0;
  const seriesOf = createSeries((route: string) => ({
    get 'http.route'() {
      reads++;
      return route;
    },
  }));
  const ours = seriesOf('GET /users', '/users');
  expect(measurable(ours)).toBe(ours);
  expect(reads).toBe(0);
  const long = 'x'.repeat(5000);
  expect(measurable(seriesOf(`GET ${long}`, long))).toEqual({ 'http.route': long.slice(0, 1024) });
});
