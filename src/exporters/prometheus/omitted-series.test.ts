import { expect, test } from 'vitest';
import { testSettings } from '../../../test/support/component-settings.ts';
import { counter } from '../../../test/support/families.ts';
import { OmittedSeries } from './omitted-series.ts';

test('counts each omission and logs each family once', () => {
  const settings = testSettings('prometheus');
  const omitted = new OmittedSeries(settings);
  omitted.add(counter('a_total', []));
  omitted.add(counter('a_total', []));
  omitted.add(counter('b_total', []));
  expect(settings.measured('pitot_prometheus_omitted_series_total', { exporter: 'prometheus' })).toBe(3);
  expect(settings.logged).toHaveLength(2);
});
