import { memoryLimiterProcessorFactory } from '#processors/memory-limiter/factory.ts';
import { testProcessorOfSignals } from './signal-cases.ts';

testProcessorOfSignals('memory-limiter', memoryLimiterProcessorFactory);
