import { attributesProcessorFactory } from '#processors/attributes/factory.ts';
import { testProcessorOfSignals } from './signal-cases.ts';

testProcessorOfSignals('attributes', attributesProcessorFactory);
