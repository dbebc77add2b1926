import { metricsTransformProcessorFactory } from '#processors/metrics-transform/factory.ts';
import { testProcessor } from './metrics-cases.ts';

/** The collector's merged points come in the order of its hash map: sort the points of each metric. */
function sortPoints(text: string): string {
  return text
    .split(/(?=^Metric #)/m)
    .map((metric) => {
      const [head, ...points] = metric.split(/^NumberDataPoints #\d+\n/m);
      return [head, ...points.sort()].join('');
    })
    .join('');
}

testProcessor('metrics-transform', metricsTransformProcessorFactory as never, sortPoints);
