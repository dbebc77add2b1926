import { describe } from 'vitest';
import { compareCases } from './compare-cases.ts';

/** The chart adds both before every exporter. Without a timeout, a batch contains one request, so all answers remain the same. */
const processors = {
  memory_limiter: { check_interval: '1s', limit_percentage: 95 },
  batch: { timeout: '0s' },
};

describe('through memory_limiter and batch', () =>
  compareCases('the Collector, through memory_limiter and batch', processors));
