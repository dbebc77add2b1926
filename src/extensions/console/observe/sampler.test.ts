import { expect, test } from 'vitest';
import type { ServiceViews } from '#component/views/service-views.ts';
import { StoreInspector } from '#series/inspect/store-inspector.ts';
import { ManualClock } from '../../../../test/support/component-settings.ts';
import { counter, gauge, number, request } from '../../../../test/support/pdata.ts';
import { StoreOutput } from '../../../../test/support/store-output.ts';
import { noViews } from '../web/live-status.ts';
import { Sampler, stepMs } from './sampler.ts';
import { SeriesHistory } from './series-history.ts';

/** A service with totals that the test sets. */
function service() {
  const totals: Record<string, number> = {};
  const views: ServiceViews = {
    ...noViews,
    readings: (name) => [{ labels: {}, value: totals[name] ?? 0 }],
  };
  const clock = new ManualClock();
  const sampler = new Sampler(views, clock);
  const step = (changes: Record<string, number>) => {
    Object.assign(totals, changes);
    clock.advance(stepMs);
    sampler.sample();
  };
  return { sampler, clock, step, totals };
}

test('rates are differences of totals', () => {
  const { sampler, step } = service();
  step({ otelcol_receiver_accepted_metric_points: 100 });
  step({ otelcol_receiver_accepted_metric_points: 400, otelcol_receiver_refused_metric_points: 20 });
  expect(sampler.samples.map((sample) => sample.pointsPerSecond)).toEqual([10, 30]);
  expect(sampler.samples.at(-1)).toMatchObject({ errorsPerSecond: 2, refusedPoints: 20 });
});

test('what was lost lately is forgotten after ten minutes', () => {
  const { sampler, step } = service();
  step({ pitot_prometheus_dropped_points_total: 7, otelcol_exporter_send_failed_metric_points: 3 });
  expect(sampler.lostLately(600_000)).toEqual({ droppedLately: 7, refusedLately: 0, unsentLately: 3 });
  for (let i = 0; i < 61; i++) step({});
  expect(sampler.lostLately(600_000)).toEqual({ droppedLately: 0, refusedLately: 0, unsentLately: 0 });
});

test('keeps an hour', () => {
  const { sampler, step } = service();
  for (let i = 0; i < 500; i++) step({});
  expect(sampler.samples).toHaveLength(360);
});

test('values of series are recorded, and end with their series', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  const history = new SeriesHistory();
  const { clock } = output.settings;
  for (let i = 1; i <= 3; i++) {
    output.append(request({}, counter('c', number(i, { timeUnixNano: BigInt(i) }))));
    history.sample([inspector], clock.now());
    clock.advance(stepMs);
  }
  const [series] = [...inspector.series()];
  expect(history.values(series!)).toEqual([1, 2, 3]);
  clock.advance(600_000);
  output.text();
  history.sample([inspector], clock.now());
  expect(history.values(series!)).toEqual([]);
});

test('records 1,000 series without a request, and further ones that a user views', () => {
  const output = new StoreOutput();
  const inspector = new StoreInspector(output.store);
  const history = new SeriesHistory();
  for (let i = 0; i < 1_500; i++) output.append(request({}, gauge(`g${i}`, number(i))));
  const series = [...inspector.series()];
  history.sample([inspector], 0);
  expect(series.filter((one) => history.values(one).length > 0)).toHaveLength(1_000);
  for (const one of series) history.watch(one);
  history.sample([inspector], 0);
  expect(series.filter((one) => history.values(one).length > 0)).toHaveLength(1_200);
  expect(history.values(series.at(-1)!)).toEqual([1_499]);
});
