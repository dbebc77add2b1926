import { describe } from 'vitest';
import { compareCases } from './compare-cases.ts';

describe('the real collector’s answers, byte for byte', () => compareCases('the real collector'));
