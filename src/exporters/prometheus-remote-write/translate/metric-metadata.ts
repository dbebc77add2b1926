import { toByteString } from '#bytes/utf8.ts';
import type { Metric } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import { metricUnit } from '#prometheus/naming/unit-namer.ts';
import { metadataType, type SeriesMetadata } from '#prometheus/remote-write/write-series.ts';

/** Key of a metric's metadata with its Prometheus type. */
const typeKey = 'prometheus.type';

/** Describes a metric to Prometheus. `keepsUtf8`: whether names keep all characters. */
export function metadataOf(metric: Metric, keepsUtf8: boolean): SeriesMetadata {
  const { description, unit } = metric.descriptor;
  return {
    type: typeOf(metric),
    help: toByteString(description),
    unit: toByteString(metricUnit(unit, keepsUtf8)),
  };
}

function typeOf(metric: Metric): number {
  const entry = metric.descriptor.metadata.entries.find(({ key }) => key === typeKey);
  const given = entry && valueText(entry.value);
  switch (metric.type) {
    case 'Gauge':
      return given === 'unknown' ? metadataType.unknown : metadataType.gauge;
    case 'Sum':
      if (metric.isMonotonic) return metadataType.counter;
      if (given === 'info') return metadataType.info;
      return given === 'stateset' ? metadataType.stateset : metadataType.gauge;
    case 'Histogram':
    case 'ExponentialHistogram':
      return metadataType.histogram;
    case 'Summary':
      return metadataType.summary;
    case 'Empty':
      return metadataType.unknown;
  }
}
