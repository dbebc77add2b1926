import { metricsTransformProcessorFactory } from '#processors/metrics-transform/factory.ts';
import { testProcessor } from './metrics-cases.ts';

/** Sorts the points of each metric. The Collector writes merged points in the random order of a hash map. */
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
