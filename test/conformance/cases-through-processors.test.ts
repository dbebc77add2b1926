import { describe } from 'vitest';
import { compareCases } from './compare-cases.ts';

/** The chart puts both before every exporter. A batch that does not wait is each request by itself, so that all answers stay the same. */
const processors = {
  memory_limiter: { check_interval: '1s', limit_percentage: 95 },
  batch: { timeout: '0s' },
};

describe('the same through memory_limiter and batch', () =>
  compareCases('the real collector, through memory_limiter and batch', processors));
