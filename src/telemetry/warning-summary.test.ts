import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../test/support/component-settings.ts';
import { RecentEntries } from './recent-entries.ts';
import { WarningSummary } from './warning-summary.ts';

let summary: WarningSummary | undefined;
afterEach(() => summary?.stop());

/** Returns a summary with the warnings that a test logs, and its output. */
function summaryOf() {
  const recent = new RecentEntries(new ManualClock());
  const written: string[] = [];
  const created = new WarningSummary({ entries: () => recent.entries, write: (text) => written.push(text) });
  summary = created;
  const warn = (message: string) => {
    recent.add('warn', message, { component: '', fields: {} });
    created.wrote(true, message);
  };
  return { summary: created, written, warn };
}

const debugOutput = 'line\n'.repeat(100);

test('warnings that are out of sight are repeated once', () => {
  const { summary: each, written, warn } = summaryOf();
  warn('a');
  warn('a');
  warn('b');
  each.wrote(false, debugOutput);
  each.summarize();
  each.summarize();
  expect(written).toEqual(['Warnings and errors since the last summary: a (2 times) | b']);
  warn('a');
  each.wrote(false, Buffer.from(debugOutput));
  each.summarize();
  expect(written[1]).toBe('Warnings and errors since the last summary: a');
});

test('warnings that are still in sight are not repeated', () => {
  const { summary: each, written, warn } = summaryOf();
  warn('a');
  each.wrote(false, 'one line');
  each.summarize();
  each.end();
  expect(written).toEqual([]);
});

test('all warnings since the start are repeated at the end, the latest five of them', () => {
  const { summary: each, written, warn } = summaryOf();
  for (let i = 0; i < 8; i++) warn(`w${i} ${'x'.repeat(200)}`);
  each.wrote(false, debugOutput);
  each.end();
  expect(written[0]).toMatch(/^Warnings and errors since the start: w3 x+… \| w4 x+… .* \| 3 more$/);
  expect(written[0]!.length).toBeLessThan(1_000);
});
