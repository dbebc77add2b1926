import type { DataPoint, Metric } from '#pdata/metrics.ts';
import { OttlError } from '../ottl-error.ts';
import { literalText } from '../parameters.ts';
import { type Converters, converter } from './define.ts';

/** @throws OttlError for a metric without data */
function pointsOf(metric: Metric): readonly DataPoint[] {
  if (metric.type === 'Empty') throw new OttlError('unknown metric type');
  return metric.dataPoints;
}

/** Converters that only the filter processor has, in the context `metric`. */
export const filterConverters: Converters = {
  HasAttrKeyOnDatapoint: converter(
    { key: literalText },
    ({ key }) =>
      ({ metric }) =>
        pointsOf(metric).some((point) => point.attributes.entries.some((entry) => entry.key === key)),
  ),
  // The first point that has the attribute decides.
  HasAttrOnDatapoint: converter(
    { key: literalText, expected_val: literalText },
    ({ key, expected_val: expected }) =>
      ({ metric }) => {
        const entries = pointsOf(metric).map((point) => point.attributes.entries.find((each) => each.key === key));
        const value = entries.find((entry) => entry !== undefined)?.value;
        return (typeof value === 'string' ? value : '') === expected && entries.some((entry) => entry !== undefined);
      },
  ),
};
