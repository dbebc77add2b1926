import type { Slices } from '#flow/slices.ts';
import type { Metric, Metrics } from '../metrics.ts';
import { metricGroups } from '../request-groups.ts';
import { groupsToJson } from './groups-to-json.ts';
import type { JsonOutput } from './json-output.ts';
import { attributes, type JsonPart, small, text } from './json-parts.ts';
import { pointPart } from './point-parts.ts';

const dataNames = {
  Gauge: 'gauge',
  Sum: 'sum',
  Histogram: 'histogram',
  ExponentialHistogram: 'exponentialHistogram',
  Summary: 'summary',
} as const;

const names = { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' };

/** Returns an ExportMetricsServiceRequest in JSON, see `groupsToJson`. */
export function metricsToJson(metrics: Metrics): Slices<string> {
  return groupsToJson(metricGroups(metrics), names, writeMetric);
}

function* writeMetric(output: JsonOutput, metric: Metric): Slices<void> {
  const { name, description, unit, metadata } = metric.descriptor;
  const head = { name: text(name), description: text(description), unit: text(unit) };
  const tail = { metadata: attributes(metadata) };
  if (metric.type === 'Empty') {
    output.writePart({ ...head, ...tail });
    return;
  }
  const fields = JSON.stringify(head).slice(0, -1);
  output.write(`${fields}${fields.length > 1 ? ',' : ''}"${dataNames[metric.type]}":`);
  if (metric.dataPoints.length === 0) output.writePart(dataFields(metric));
  else {
    output.beginList({}, 'dataPoints');
    for (let i = 0; i < metric.dataPoints.length; i++) {
      if (i > 0) output.write(',');
      output.writePart(pointPart(metric, i));
      if (output.isPauseDue()) yield;
    }
    output.endList(dataFields(metric));
  }
  const rest = JSON.stringify(tail);
  output.write(rest.length > 2 ? `,${rest.slice(1)}` : '}');
}

function dataFields(metric: Metric): JsonPart {
  if (!('aggregationTemporality' in metric)) return {};
  return {
    aggregationTemporality: small(metric.aggregationTemporality),
    ...(metric.type === 'Sum' && metric.isMonotonic && { isMonotonic: true }),
  };
}
