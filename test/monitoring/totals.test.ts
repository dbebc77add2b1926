import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prometheusName } from '../../deploy/airflow/metrics.ts';
import { readTextExposition, seriesKey } from '../support/text-exposition.ts';
import { type RecordingName, scrapesOf, target } from './recorded.ts';
import type { Scrape } from './replay/record-scrapes.ts';
import { seriesOf } from './replay/series.ts';

const read = (recording: RecordingName, file: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/recordings/${recording}/${file}`, import.meta.url), 'utf8'));

/** The totals of a recording as its last scrape shows them: the counters with labels, by name and Airflow's labels. */
async function totalsOf(recording: RecordingName): Promise<Map<string, number>> {
  const scrapes = await scrapesOf(recording, 'text', { tailSeconds: 30 });
  const samples = readTextExposition(scrapes.at(-1)!.page).filter(({ type }) => type === 'counter');
  // Scheduler and task processes count with scopes of their own.
  const totals = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    const key = seriesKey(name, ownLabels(labels));
    totals.set(key, (totals.get(key) ?? 0) + value);
  }
  return totals;
}

function ownLabels({
  job,
  otel_scope_name,
  otel_scope_version,
  otel_scope_schema_url,
  ...own
}: Readonly<Record<string, string>>) {
  return own;
}

interface Emitted {
  readonly metric: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delivered: number;
}

test.each(['airflow-3.3-live', 'airflow-3.1'] as const)(
  'totals of %s equal what the processes sent',
  async (recording) => {
    const emitted: Emitted[] = read(recording, 'truth.emitted.json');
    const totals = await totalsOf(recording);
    const wrong = emitted
      .map(({ metric, attributes, delivered }) => {
        const name = prometheusName(metric.replace(/^airflow\./, ''), 'counter', false);
        return { metric, attributes, delivered, total: totals.get(seriesKey(name, attributes)) };
      })
      .filter(({ delivered, total }) => delivered !== total);
    expect(emitted.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  },
);

test('finishes of Airflow 2.11 whose tasks flush equal its database', async () => {
  const totals = await totalsOf('airflow-2.11-flush');
  const tries: { dag_id: string; task_id: string; state: string; tries: number }[] = read(
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

test('two Prometheus servers both have every increase of the live recording', async () => {
  const emitted: Emitted[] = read('airflow-3.3-live', 'truth.emitted.json');
  const second: Scrape[] = [];
  const first = await scrapesOf('airflow-3.3-live', 'text', { tailSeconds: 300, secondServer: second });
  for (const scrapes of [first, second]) {
    const increases = new Map<string, number>();
    for (const { name, labels, values } of seriesOf(scrapes, target, (each) => each.endsWith('_total'))) {
      const { instance, namespace, exported_job, ...own } = labels;
      const key = seriesKey(name, ownLabels(own));
      const [from, to] = [
        values.find((value) => value !== undefined)!,
        values.findLast((value) => value !== undefined)!,
      ];
      increases.set(key, (increases.get(key) ?? 0) + to - from);
    }
    const wrong = emitted
      .map(({ metric, attributes, delivered }) => {
        const name = prometheusName(metric.replace(/^airflow\./, ''), 'counter', false);
        return { metric, attributes, delivered, increase: increases.get(seriesKey(name, attributes)) };
      })
      .filter(({ delivered, increase }) => delivered !== increase);
    expect(wrong).toEqual([]);
  }
});
