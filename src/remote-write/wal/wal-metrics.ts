import type { ComponentSettings } from '#component/component.ts';
import type { RequestCounts } from '#prometheus/remote-write/encode-requests.ts';
import type { RequestStore } from '../request-store.ts';

/** Registers the Collector's metrics of a write-ahead log. Returns what to call for a request that was rejected. */
export function observeWal(
  { id, metrics }: ComponentSettings,
  store: RequestStore,
): { readonly rejected: (counts: RequestCounts) => void } {
  const labels = { exporter: id };
  const name = (what: string) => `otelcol_exporter_prometheusremotewrite_wal_${what}`;
  metrics.gauge(name('lag'), 'WAL lag [Development]', labels, () => store.size);
  metrics.gauge(
    'pitot_remote_write_wal_bytes',
    'Size of the requests that wait in the write-ahead log in bytes.',
    labels,
    () => store.bytes,
  );
  const batches = metrics.counter(
    name('send_failed_batches'),
    'Number of remote write request batches dropped from the WAL because the remote endpoint rejected their content (HTTP 400, 409, 413 or 422). Any other failure keeps the batch in the WAL and is not counted here. [Development]',
    labels,
  );
  const samples = metrics.counter(
    name('send_failed_samples'),
    'Number of samples and native histograms in the batches counted by exporter_prometheusremotewrite_wal_send_failed_batches. This is an upper bound on the samples lost, because the endpoint may have stored part of a rejected batch. [Development]',
    labels,
  );
  return {
    rejected: (counts) => {
      batches.add(1);
      samples.add(counts.samples + counts.histograms);
    },
  };
}
