import { intervalProcessorFactory } from '#processors/interval/factory.ts';
import { testProcessor } from './metrics-cases.ts';

/** Removes requests without data: the Collector passes on what is left of a request, even if that is nothing. */
function withoutEmpty(text: string): string {
  return text.replaceAll('Metrics\t{"resource metrics": 0, "metrics": 0, "data points": 0}\n\n', '');
}

testProcessor('interval', intervalProcessorFactory as never, withoutEmpty);
