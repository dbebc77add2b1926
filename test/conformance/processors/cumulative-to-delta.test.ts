import { cumulativeToDeltaProcessorFactory } from '#processors/cumulative-to-delta/factory.ts';
import { testProcessor } from './metrics-cases.ts';

testProcessor('cumulative-to-delta', cumulativeToDeltaProcessorFactory as never);
