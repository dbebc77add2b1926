import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildInfoFor } from '#build-info.ts';
import { interpret } from '#cli/commands.ts';

/*
 * Configurations in the form of those found in public, with what the Collector and pitot do at start. `pitot validate` reports the
 * same as the start.
 */

const outcome = z.enum(['starts', 'fails']);
const entry = z.strictObject({
  name: z.string(),
  collector: outcome,
  /** Release of the Collector that was asked. Without it, the outcome is as documented. */
  asked: z.string().optional(),
  pitot: outcome,
  says: z.string().optional(),
  config: z.string(),
});

const groups = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => {
    const entries = z.array(entry).parse(parse(readFileSync(join(import.meta.dirname, file), 'utf8')));
    return [file.replace('.yaml', ''), entries] as const;
  });

/** Returns what `validate` reports, and whether it accepts the configuration. */
async function validate(config: string): Promise<{ outcome: string; report: string; hints: number }> {
  try {
    const result = await interpret({
      args: ['validate', `--config=yaml:${config}`],
      build: buildInfoFor('otelcol-contrib'),
      environment: {},
    });
    const remarks = 'remarks' in result ? (result.remarks as readonly string[]) : [];
    return { outcome: 'starts', report: remarks.join('\n'), hints: 0 };
  } catch (error) {
    const { message, hints = [] } = error as Error & { hints?: readonly string[] };
    return { outcome: 'fails', report: [message, ...hints].join('\n'), hints: hints.length };
  }
}

test('the corpus has at least 260 configurations with different names', () => {
  const names = groups.flatMap(([group, entries]) => entries.map(({ name }) => `${group}/${name}`));
  expect(names.length).toBeGreaterThanOrEqual(260);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(groups)('%s', (_, entries) => {
  test.each(entries.map((each) => [each.name, each] as const))(
    '%s',
    async (_name, { config, collector, pitot, says }) => {
      const { outcome: actual, report, hints } = await validate(config);
      expect({ outcome: actual, report }).toEqual({ outcome: pitot, report: expect.stringContaining(says ?? '') });
      // A configuration that the Collector runs starts, or pitot says in one line what to change.
      if (collector === 'starts' && pitot === 'fails') expect(hints).toBeGreaterThan(0);
      // Without a remark, nothing of the configuration is ignored.
      if (pitot === 'starts' && says === undefined) expect(report).toBe('');
    },
  );
});
