import { expect, test } from 'vitest';
import { DropTable } from './drop-table.ts';

test('adds up points by reason and metric, with the latest client', () => {
  const table = new DropTable();
  table.add('type_conflict', 2, { metric: 'a', target: 'airflow/1', unixMs: 5 });
  table.add('type_conflict', 3, { metric: 'a', target: 'airflow/2', unixMs: 9 });
  table.add('series_limit', 1, { metric: 'a', target: '', unixMs: 7 });
  expect(table.entries).toEqual([
    { reason: 'type_conflict', metric: 'a', target: 'airflow/2', points: 5, firstUnixMs: 5, lastUnixMs: 9 },
    { reason: 'series_limit', metric: 'a', target: '', points: 1, firstUnixMs: 7, lastUnixMs: 7 },
  ]);
});

test('is bounded: more metrics are added up', () => {
  const table = new DropTable();
  for (let i = 0; i < 3_000; i++) table.add('regression', 1, { metric: `m${i}`, target: '', unixMs: i });
  expect(table.entries).toHaveLength(1_001);
  expect(table.entries.find(({ metric }) => metric === '(other metrics)')?.points).toBe(2_000);
});
