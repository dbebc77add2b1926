import { type Dashboard, lines } from './dashboard.ts';

const on = 'cluster=~"$cluster",namespace=~"$namespace",job=~"$job",instance=~"$instance"';

const quarter = lines(6);
const third = lines(8);
const half = lines(12);

/** Returns a selector for a Collector counter, whose name ends with `_total` depending on `service.telemetry`. */
const counter = (name: string): string => `{__name__=~"${name}(_total)?",${on}}`;
const perSecond = (name: string, by: string): string => `sum by (${by}) (rate(${counter(name)}[$__rate_interval]))`;
const uptime = `{__name__=~"otelcol_process_uptime(_seconds)?(_total)?",${on}}`;

/** Metrics that pitot exposes about itself on port 8888. */
export const pitot: Dashboard = {
  uid: 'pitot-self',
  title: 'pitot',
  description: "pitot's own metrics: received data, dropped points by reason, memory, and state.",
  tags: ['pitot'],
  variables: [
    { name: 'cluster', label: 'Cluster', query: 'label_values({__name__=~"otelcol_process_uptime.*"}, cluster)' },
    { name: 'namespace', label: 'Namespace', query: 'label_values({__name__=~"otelcol_process_uptime.*"}, namespace)' },
    { name: 'job', label: 'Job', query: 'label_values({__name__=~"otelcol_process_uptime.*"}, job)' },
    {
      name: 'instance',
      label: 'Instance',
      query: 'label_values({__name__=~"otelcol_process_uptime.*",job=~"$job"}, instance)',
    },
  ],
  rows: [
    {
      title: 'Now',
      height: 4,
      panels: [
        { title: 'Up for', kind: 'stat', unit: 's', width: 6, queries: [{ legend: '', expr: `min(${uptime})` }] },
        {
          title: 'Points per second',
          kind: 'stat',
          unit: 'short',
          width: 6,
          queries: [{ legend: '', expr: `sum(rate(${counter('otelcol_receiver_accepted_metric_points')}[5m]))` }],
        },
        {
          title: 'Refused per second',
          kind: 'stat',
          unit: 'short',
          width: 6,
          redFrom: 0.001,
          queries: [{ legend: '', expr: `sum(rate(${counter('otelcol_receiver_refused_metric_points')}[5m]))` }],
        },
        {
          title: 'Resident memory',
          kind: 'stat',
          unit: 'bytes',
          width: 6,
          queries: [{ legend: '', expr: `sum({__name__=~"otelcol_process_memory_rss(_bytes)?",${on}})` }],
        },
      ],
    },
    {
      title: 'Data received and sent',
      height: 8,
      panels: [
        quarter('Points accepted', 'short', [
          '{{receiver}} {{transport}}',
          perSecond('otelcol_receiver_accepted_metric_points', 'receiver, transport'),
        ]),
        quarter('Points refused', 'short', [
          '{{receiver}} {{transport}}',
          perSecond('otelcol_receiver_refused_metric_points', 'receiver, transport'),
        ]),
        quarter('Points exported', 'short', [
          '{{exporter}}',
          perSecond('otelcol_exporter_sent_metric_points', 'exporter'),
        ]),
        quarter('Connections', 'short', ['{{listener}}', `pitot_http_connections{${on}}`]),
      ],
    },
    {
      title: 'Series',
      height: 8,
      panels: [
        third('Live series', 'short', ['{{instance}} {{exporter}}', `pitot_prometheus_series{${on}}`]),
        third('Dropped points by reason', 'short', [
          '{{reason}}',
          perSecond('pitot_prometheus_dropped_points_total', 'reason'),
        ]),
        third(
          'Scrapes',
          's',
          [
            '95th percentile',
            `histogram_quantile(0.95, sum by (le) (rate(pitot_prometheus_scrape_duration_seconds_bucket{${on}}[$__rate_interval])))`,
          ],
          [
            'mean',
            `sum(rate(pitot_prometheus_scrape_duration_seconds_sum{${on}}[$__rate_interval])) / (sum(rate(pitot_prometheus_scrape_duration_seconds_count{${on}}[$__rate_interval])) > 0)`,
          ],
        ),
      ],
    },
    {
      title: 'Delivery by exporters',
      height: 8,
      panels: [
        quarter('Fill of queues', 'percentunit', [
          '{{exporter}} {{data_type}}',
          `otelcol_exporter_queue_size{${on}} / otelcol_exporter_queue_capacity{${on}}`,
        ]),
        quarter('Failed points', 'short', [
          '{{exporter}}',
          perSecond('otelcol_exporter_send_failed_metric_points', 'exporter'),
        ]),
        quarter('Lost points and samples', 'short', [
          '{{exporter}}',
          `sum by (exporter) (rate({__name__=~"otelcol_exporter_enqueue_failed_metric_points(_total)?|pitot_remote_write_(discarded_samples|rejected)_total|pitot_exporter_queue_corrupted_items_total",${on}}[$__rate_interval]))`,
        ]),
        quarter('Age of the last push', 's', [
          '{{instance}} {{exporter}}',
          `time() - pitot_remote_write_last_push_timestamp_seconds{${on}}`,
        ]),
      ],
    },
    {
      title: 'Accumulation and state',
      height: 8,
      panels: [
        third('Active streams', 'short', ['{{instance}}', `pitot_accumulation_active_streams{${on}}`]),
        third('Commits per second', 'short', [
          '{{extension}}',
          perSecond('pitot_file_storage_commits_total', 'extension'),
        ]),
        third('On disk', 'bytes', ['{{instance}} {{extension}}', `pitot_file_storage_size_bytes{${on}}`]),
      ],
    },
    {
      title: 'Process',
      height: 8,
      panels: [
        half('CPU', 'percentunit', [
          '{{instance}}',
          `rate({__name__=~"otelcol_process_cpu_seconds(_total)?",${on}}[$__rate_interval])`,
        ]),
        half(
          'Memory',
          'bytes',
          ['{{instance}} resident', `{__name__=~"otelcol_process_memory_rss(_bytes)?",${on}}`],
          ['{{instance}} heap', `otelcol_process_runtime_heap_alloc_bytes{${on}}`],
        ),
      ],
    },
  ],
};
