import { collectorVersion } from '#build-info.ts';
import { truncatedInteger } from '#go/integer.ts';
import { type Aggregation, aggregated, aggregations } from '#pdata/aggregate-points.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import type { DataPoint, Metric, NumberDataPoint } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import { withoutKey } from '#pdata/without-key.ts';
import type { Operation } from './config.ts';
import { scaled } from './scale.ts';

/** Changes a metric. `isWhole`: whether all of its points were selected. */
export type MetricOperation = (metric: Metric, selected: (point: DataPoint) => boolean, isWhole: boolean) => Metric;

/** Returns the function of a configured operation. Some operations need the whole metric and otherwise do nothing. */
export function operationOf(operation: Operation): MetricOperation {
  const { label, newLabel, newValue } = operation;
  switch (operation.action) {
    case 'add_label': {
      const value = newValue.replaceAll('{{version}}', collectorVersion);
      return whole((metric) =>
        eachPoint(metric, (point) => withEntries(point, (entries) => addLabel(entries, newLabel, value))),
      );
    }
    case 'update_label': {
      const values = new Map(operation.valueActions.map((action) => [action.value, action.newValue]));
      const change = (entries: readonly KeyValue[]) => updateLabel(entries, { label, newLabel, values });
      return (metric, selected) => eachPoint(metric, (point) => (selected(point) ? withEntries(point, change) : point));
    }
    case 'delete_label_value':
      return whole((metric) => {
        const points = pointsOf(metric).filter((point) => textOf(point.attributes, label) !== operation.labelValue);
        return withDataPoints(metric, points);
      });
    case 'toggle_scalar_data_type':
      return (metric, selected) =>
        metric.type === 'Gauge' || metric.type === 'Sum'
          ? eachPoint(metric, (point) => (selected(point) ? toggled(point as NumberDataPoint) : point))
          : metric;
    case 'experimental_scale_value':
      return (metric, selected) =>
        eachPoint(metric, (point) =>
          selected(point) ? scaled(metric.type, point, operation.experimentalScale) : point,
        );
    case 'aggregate_labels':
      return whole((metric) =>
        aggregated(metric, new Set(operation.labelSet), aggregationOf(operation.aggregationType)),
      );
    case 'aggregate_label_values': {
      const merged = new Set(operation.aggregatedValues);
      const change = (entries: readonly KeyValue[]) =>
        entries.map((entry) =>
          entry.key === label && merged.has(valueText(entry.value)) ? { key: label, value: newValue } : entry,
        );
      return whole((metric) => {
        const renamed = eachPoint(metric, (point) => withEntries(point, change));
        return aggregated(renamed, undefined, aggregationOf(operation.aggregationType));
      });
    }
    default:
      return (metric) => metric;
  }
}

/** Returns an aggregation by name. The default is the sum. */
export function aggregationOf(name: string): Aggregation {
  return aggregations[name] ?? aggregations.sum!;
}

function whole(change: (metric: Metric) => Metric): MetricOperation {
  return (metric, _selected, isWhole) => (isWhole ? change(metric) : metric);
}

function pointsOf(metric: Metric): readonly DataPoint[] {
  return metric.dataPoints;
}

function eachPoint(metric: Metric, change: (point: DataPoint) => DataPoint): Metric {
  return withDataPoints(metric, pointsOf(metric).map(change));
}

function withEntries(point: DataPoint, change: (entries: readonly KeyValue[]) => readonly KeyValue[]): DataPoint {
  return { ...point, attributes: { entries: change(point.attributes.entries) } };
}

function addLabel(entries: readonly KeyValue[], key: string, value: string): readonly KeyValue[] {
  return entries.some((entry) => entry.key === key) ? entries : [...entries, { key, value }];
}

interface LabelUpdate {
  readonly label: string;
  readonly newLabel: string;
  readonly values: ReadonlyMap<string, string>;
}

/** Adds the renamed label (in place of one that already has the new name), then removes the old one. */
function updateLabel(entries: readonly KeyValue[], { label, newLabel, values }: LabelUpdate): readonly KeyValue[] {
  const found = entries.find((entry) => entry.key === label);
  if (!found) return entries;
  const value = values.get(valueText(found.value)) ?? found.value;
  const isRenamed = newLabel !== '' && newLabel !== label;
  const key = isRenamed ? newLabel : label;
  const index = entries.findIndex((entry) => entry.key === key);
  const changed = index < 0 ? [...entries, { key, value }] : entries.with(index, { key, value });
  return isRenamed ? withoutKey(changed, label) : changed;
}

function textOf(attributes: Attributes, key: string): string | undefined {
  const entry = attributes.entries.find((each) => each.key === key);
  return entry && valueText(entry.value);
}

function toggled(point: NumberDataPoint): NumberDataPoint {
  if (typeof point.value === 'bigint') return { ...point, value: Number(point.value) };
  return typeof point.value === 'number' ? { ...point, value: truncatedInteger(point.value) } : point;
}
