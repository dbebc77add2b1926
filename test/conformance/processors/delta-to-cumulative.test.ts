import { deltaToCumulativeProcessorFactory } from '#processors/delta-to-cumulative/factory.ts';
import { testProcessor } from './metrics-cases.ts';

testProcessor('delta-to-cumulative', deltaToCumulativeProcessorFactory as never);
