import { filterProcessorFactory } from '#processors/filter/factory.ts';
import { testProcessor } from './metrics-cases.ts';

testProcessor('filter', filterProcessorFactory as never);
