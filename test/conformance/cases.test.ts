import { describe } from 'vitest';
import { compareCases } from './compare-cases.ts';

describe('equals the Collector byte for byte', () => compareCases('the Collector'));
