import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type PackedRecording, packedRecordings, readPackedRequests } from '../support/packed-recording.ts';
import { type RecordedRequest, readRecording, type recordingNames } from '../support/recording.ts';
import { type Format, type RecordOptions, recordScrapes, type Scrape } from './replay/record-scrapes.ts';

/** Recordings, and the dashboard that shows them. */
export const dashboardOf = {
  'airflow-2.11': 'Airflow 2',
  'airflow-2.11-flush': 'Airflow 2',
  'airflow-3.1': 'Airflow 3.1',
  'airflow-3.2': 'Airflow 3.2',
  'airflow-3.3': 'Airflow 3.3',
  'airflow-3.3-live': 'Airflow 3.3',
} as const;
export type RecordingName = keyof typeof dashboardOf;

/** Same as presets.airflow of the chart. */
const preset = {
  accumulation: { enabled: true },
  classic_buckets: parse(readFileSync(new URL('../../helm/values.yaml', import.meta.url), 'utf8')).presets.airflow
    .classicBuckets as number[],
};

/** Labels that a Prometheus without `honor_labels` adds to each sample of pitot. */
export const target = { job: 'airflow-otlp', namespace: 're', instance: 'pitot:8889' };

export function requestsOf(name: RecordingName): readonly RecordedRequest[] {
  return (packedRecordings as readonly string[]).includes(name)
    ? readPackedRequests(name as PackedRecording)
    : readRecording(name as (typeof recordingNames)[number]).requests;
}

/** The scrapes of a recording as they would have been at the time. */
export function scrapesOf(
  name: RecordingName,
  format: Format,
  options: Partial<RecordOptions> = {},
): Promise<Scrape[]> {
  return recordScrapes({
    requests: requestsOf(name),
    format,
    prometheus: { ...preset, ...(format !== 'text' && { enable_open_metrics: true }) },
    ...options,
  });
}
