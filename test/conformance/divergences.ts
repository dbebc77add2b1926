import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const divergence = z.strictObject({
  situation: z.string(),
  collector: z.string(),
  pitot: z.string(),
  class: z.enum(['data-loss', 'invalid-page', 'undefined', 'crash', 'unsafe', 'limit', 'more', 'older']),
  /** The release since which the Collector answers as pitot does. */
  since: z.string().optional(),
  /** A folder of losses/. */
  case: z.string().optional(),
  /** Cases of http/cases.json whose response has another message. */
  http: z.array(z.string()).optional(),
  /** A folder of cases/, whose answer of 0.155 pitot keeps although 0.165 has another. */
  keeps: z.string().optional(),
  test: z.string().optional(),
});

/** One intended difference from the Collector. */
export type Divergence = z.output<typeof divergence>;

/** Returns the validated entries of divergences.yaml. */
export function readDivergences(): Divergence[] {
  return z.array(divergence).parse(parse(readFileSync(join(import.meta.dirname, 'divergences.yaml'), 'utf8')));
}
