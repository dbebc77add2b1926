import { stringify } from 'yaml';
import type { LabelOrigin, SeriesInstance, SeriesView } from '#component/views/series-view.ts';

/** The setting that removes a label. `advice` and `rule` are empty if there is none. */
export interface LabelAdvice {
  readonly from: string;
  readonly advice: string;
  readonly rule: string;
}

interface Labeled {
  readonly exporter: string;
  readonly view: SeriesView;
  /** A series with the label. */
  readonly series: SeriesInstance;
  readonly label: string;
}

/** Returns the configuration that removes a label from the `/metrics` output. */
export function labelAdvice({ exporter, view, series, label }: Labeled): LabelAdvice {
  const { labels, processAttributes } = view.lineage(series);
  const origin = labels.find((each) => each.label === label);
  if (!origin) return { from: 'unknown', advice: '', rule: '' };
  const { from, keys } = origin;
  if (label === 'job' || label === 'instance') {
    return { from, advice: 'Prometheus needs this label to distinguish targets.', rule: '' };
  }
  if (from === 'resource') {
    return view.accumulates
      ? { from, ...asProcessAttribute(exporter, [...processAttributes, ...keys]) }
      : { from, ...excluded(exporter, origin) };
  }
  return from === 'attribute' ? { from, ...deleted(keys[0]!) } : { from, advice: '', rule: '' };
}

function asProcessAttribute(exporter: string, keys: readonly string[]): Omit<LabelAdvice, 'from'> {
  return {
    advice:
      'The resource attribute distinguishes processes. With this setting, their values are added up in one series.',
    rule: stringify({ exporters: { [exporter]: { accumulation: { process_attributes: keys } } } }),
  };
}

function excluded(exporter: string, { keys }: LabelOrigin): Omit<LabelAdvice, 'from'> {
  return {
    advice:
      'The resource attribute no longer becomes a label. The setting replaces resource_to_telemetry_conversion. Without accumulation, processes that differ only in it overwrite each other.',
    rule: stringify({
      exporters: { [exporter]: { resource_constant_labels: { excluded: [...keys] } } },
    }),
  };
}

function deleted(key: string): Omit<LabelAdvice, 'from'> {
  const name = `transform/without_${key.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 60)}`;
  return {
    advice:
      'The attribute is deleted, and points that become equal are added up; for gauges, the largest value remains. Add the processor to the pipeline.',
    rule: stringify({
      processors: {
        [name]: {
          metric_statements: [
            { context: 'datapoint', statements: [`delete_key(attributes, ${JSON.stringify(key)})`] },
            {
              context: 'metric',
              statements: [
                'aggregate_on_attributes("sum") where type != METRIC_DATA_TYPE_GAUGE',
                'aggregate_on_attributes("max") where type == METRIC_DATA_TYPE_GAUGE',
              ],
            },
          ],
        },
      },
    }),
  };
}
