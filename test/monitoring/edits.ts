import type { RecordedRequest } from '../support/recording.ts';
import type { ReplayedSeries } from './replay/series.ts';

/** Changes recorded requests into those of an event that did not occur during the recording. */
export type RequestEdit = (requests: readonly RecordedRequest[]) => readonly RecordedRequest[];
/** Changes recorded series, one value for each scrape. */
export type SeriesEdit = (series: readonly ReplayedSeries[], stepsPerMinute: number) => readonly ReplayedSeries[];

/** The processes that send a metric send nothing from a minute on. */
export const silent =
  (metric: string, fromMinute: number): RequestEdit =>
  (requests) =>
    requests.filter(({ atSeconds, body }) => atSeconds < fromMinute * 60 || !body.includes(metric));

/** Only the beginning. */
export const until =
  (minute: number): RequestEdit =>
  (requests) =>
    requests.filter(({ atSeconds }) => atSeconds < minute * 60);

interface Where {
  readonly name: RegExp;
  readonly labels?: Readonly<Record<string, string>>;
}

function matches({ name, labels }: ReplayedSeries, where: Where): boolean {
  return where.name.test(name) && Object.entries(where.labels ?? {}).every(([key, value]) => labels[key] === value);
}

/** Values of some series from a minute on: `change` gets the recorded value, the value at that minute, and the minutes since. */
export const changed =
  (
    where: Where,
    fromMinute: number,
    change: (value: number, before: number, minutes: number) => number | undefined,
  ): SeriesEdit =>
  (series, stepsPerMinute) =>
    series.map((each) => {
      if (!matches(each, where)) return each;
      const from = Math.round(fromMinute * stepsPerMinute);
      const before = each.values.slice(0, from + 1).findLast((value) => value !== undefined) ?? 0;
      const values = each.values.map((value, index) =>
        index < from || value === undefined ? value : change(value, before, (index - from) / stepsPerMinute),
      );
      return { ...each, values };
    });

/** The counter does not increase from a minute on. */
export const frozen = (where: Where, fromMinute: number): SeriesEdit =>
  changed(where, fromMinute, (_, before) => before);

/** The gauge has a value from a minute on. */
export const set = (where: Where, fromMinute: number, value: number): SeriesEdit =>
  changed(where, fromMinute, () => value);

/** Nothing happens for some minutes more: every series keeps its last value. */
export const extended =
  (minutes: number): SeriesEdit =>
  (series, stepsPerMinute) =>
    series.map((each) => ({
      ...each,
      values: [...each.values, ...new Array(minutes * stepsPerMinute).fill(each.values.at(-1))],
    }));

/** From a minute on, the same series come from another address: the pod was replaced. */
export const movedTo =
  (instance: string, fromMinute: number): SeriesEdit =>
  (series, stepsPerMinute) => {
    const from = Math.round(fromMinute * stepsPerMinute);
    return series.flatMap((each) => [
      { ...each, values: each.values.map((value, index) => (index < from ? value : undefined)) },
      {
        ...each,
        labels: { ...each.labels, instance },
        values: each.values.map((value, index) => (index < from ? undefined : value)),
      },
    ]);
  };

/** From a minute on, the target cannot be scraped: its series end, and `up` is 0. */
export const down =
  (fromMinute: number): SeriesEdit =>
  (series, stepsPerMinute) => {
    const from = Math.round(fromMinute * stepsPerMinute);
    return series.map((each) => ({
      ...each,
      values: each.values.map((value, index) => (index < from ? value : each.name === 'up' ? 0 : undefined)),
    }));
  };
