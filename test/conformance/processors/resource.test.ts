import { resourceProcessorFactory } from '#processors/resource/factory.ts';
import { testProcessorOfSignals } from './signal-cases.ts';

testProcessorOfSignals('resource', resourceProcessorFactory);
