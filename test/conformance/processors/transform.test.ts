import { transformProcessorFactory } from '#processors/transform/factory.ts';
import { testProcessor } from './metrics-cases.ts';

testProcessor('transform', transformProcessorFactory as never);
