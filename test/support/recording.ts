import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextSample } from './text-exposition.ts';

export interface RecordedRequest {
  /** Time since the first request, in seconds. */
  readonly atSeconds: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Real Airflow traffic, and the numbers in Airflow's database for the same time; see test/fixtures/recordings/README.md. */
export interface Recording {
  readonly name: string;
  readonly requests: readonly RecordedRequest[];
  /** Tries by `dag_id/task_id/state`. `airflow_ti_finish_total` must equal them. */
  readonly tries: ReadonlyMap<string, number>;
  /** Scrape response of the Collector after the recording. */
  readonly collectorPage: Buffer;
}

export const recordingNames = ['airflow-3.2', 'airflow-3.3'] as const;

/**
 * Tasks of the recorded Dags that no process runs: an EmptyOperator, which the scheduler marks as done, and the branch that was not
 * selected. The database contains tries of them, but no process sends them.
 */
const withoutProcess: ReadonlySet<string> = new Set(['etl_orders-v2/left/success', 'etl_orders-v2/right/skipped']);

export function readRecording(name: (typeof recordingNames)[number]): Recording {
  const folder = join(import.meta.dirname, '../fixtures/recordings', name);
  const read = (file: string) => readFileSync(join(folder, file));
  const requests = String(read('index.jsonl'))
    .trimEnd()
    .split('\n')
    .map((line): RecordedRequest => {
      const { file, at_seconds: atSeconds, path, headers } = JSON.parse(line);
      return { atSeconds, path, headers, body: read(file) };
    });
  const truth: { dag_id: string; task_id: string; state: string; tries: number }[] = JSON.parse(
    String(read('truth.airflow-db.json')),
  );
  const tries = new Map(truth.map((entry) => [`${entry.dag_id}/${entry.task_id}/${entry.state}`, entry.tries]));
  for (const key of withoutProcess) tries.delete(key);
  return { name, requests, tries, collectorPage: read('expect.metrics.txt') };
}

/**
 * Returns the tries according to samples of `airflow_ti_finish_total`, with the keys of `Recording.tries` in the same order first. In the
 * database, a try that will be retried is failed, and a deferral is not a try.
 */
export function servedTries(samples: Iterable<Omit<TextSample, 'type'>>, { tries }: Recording): Map<string, number> {
  const served = new Map([...tries.keys()].map((key) => [key, 0]));
  for (const { name, labels, value } of samples) {
    const { dag_id: dag, task_id: task, state } = labels;
    if (name !== 'airflow_ti_finish_total' || dag === undefined || state === undefined || state === 'deferred')
      continue;
    const key = `${dag}/${task}/${state === 'up_for_retry' ? 'failed' : state}`;
    served.set(key, (served.get(key) ?? 0) + value);
  }
  return served;
}
