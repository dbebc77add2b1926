import { batchProcessorFactory } from '#processors/batch/factory.ts';
import { testProcessorOfSignals } from './signal-cases.ts';

testProcessorOfSignals('batch', batchProcessorFactory);
