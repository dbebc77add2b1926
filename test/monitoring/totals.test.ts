import { expect, test } from 'vitest';
import { readTextExposition, seriesKey } from '../support/text-exposition.ts';
import { type RecordingName, scrapesOf } from './recorded.ts';
import { airflowLabelsOf, readEmitted, readTruth } from './truth.ts';

/** The totals of a recording as its last scrape shows them: the counters with labels, by name and Airflow's labels. */
async function totalsOf(recording: RecordingName): Promise<Map<string, number>> {
  const scrapes = await scrapesOf(recording, 'text', { tailSeconds: 30 });
  const samples = readTextExposition(scrapes.at(-1)!.page).filter(({ type }) => type === 'counter');
  // Scheduler and task processes count with scopes of their own.
  const totals = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const key = seriesKey(name, airflowLabelsOf(labels));
    totals.set(key, (totals.get(key) ?? 0) + value);
  }
  return totals;
}

test.each(['airflow-3.3-live', 'airflow-3.1'] as const)(
  'totals of %s equal what the processes sent',
  async (recording) => {
    const emitted = readEmitted(recording);
    const totals = await totalsOf(recording);
    expect(emitted.length).toBeGreaterThan(20);
    expect(
      emitted.filter(({ name, attributes, delivered }) => totals.get(seriesKey(name, attributes)) !== delivered),
    ).toEqual([]);
  },
);

test('finishes of Airflow 2.11 whose tasks flush equal its database', async () => {
  const totals = await totalsOf('airflow-2.11-flush');
  const tries = readTruth<{ dag_id: string; task_id: string; state: string; tries: number }>(
    'airflow-2.11-flush',
    'truth.airflow-db.json',
  );
  const total = (dag_id: string, task_id: string, state: string) =>
    totals.get(seriesKey('airflow_ti_finish_total', { dag_id, task_id, state })) ?? 0;
  for (const { dag_id: dag, task_id: task, state, tries: expected } of tries) {
    // Tasks without a process, and killed tasks, report no finish.
    if (state === 'upstream_failed' || task === 'kills_itself') continue;
    const sent = total(dag, task, state) + (state === 'failed' ? total(dag, task, 'up_for_retry') : 0);
    expect(sent, `${dag}/${task}/${state}`).toBe(expected);
  }
});
