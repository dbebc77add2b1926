import { readFileSync } from 'node:fs';
import { prometheusName } from '../../deploy/airflow/metrics.ts';
import type { RecordingName } from './recorded.ts';

/** A counter with labels, and how much of it the processes sent. */
export interface Emitted {
  /** Name in Prometheus. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delivered: number;
}

/** Reads a file with what happened while a recording was made. */
export function readTruth<T>(recording: RecordingName, file: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../fixtures/recordings/${recording}/${file}`, import.meta.url), 'utf8'));
}

/** What the processes of a recording sent, added up independently of pitot. */
export function readEmitted(recording: RecordingName): Emitted[] {
  return readTruth<Omit<Emitted, 'name'> & { metric: string }>(recording, 'truth.emitted.json').map(
    ({ metric, attributes, delivered }) => ({
      name: prometheusName(metric.replace(/^airflow\./, ''), 'counter', false),
      attributes,
      delivered,
    }),
  );
}

/** The labels of Airflow, without those of pitot and of the scrape. */
export function airflowLabelsOf({
  job,
  namespace,
  instance,
  exported_job,
  otel_scope_name,
  otel_scope_version,
  otel_scope_schema_url,
  ...own
}: Readonly<Record<string, string>>): Record<string, string> {
  return own;
}
