import { batchProcessorFactory } from '../../../src/processors/batch/factory.ts';
import { testProcessorOfSignals } from './signal-cases.ts';

testProcessorOfSignals('batch', batchProcessorFactory);
