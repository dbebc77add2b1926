import { type Dashboard, lines } from './dashboard.ts';

const on = 'cluster=~"$cluster",namespace=~"$namespace",job=~"$job",instance=~"$instance"';

const quarter = lines(6);
const third = lines(8);
const half = lines(12);

const p95 = (histogram: string, by: string): string =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${histogram}_bucket{${on}}[$__rate_interval])))`;

/** Metrics that Astronomer's agent clients expose on port 39091. */
export const agents: Dashboard = {
  uid: 'pitot-agents',
  title: 'Remote Execution agents',
  description: "Astronomer's Remote Execution agents: /metrics of each component on port 39091.",
  tags: ['airflow', 'astronomer', 'pitot'],
  variables: [
    { name: 'cluster', label: 'Cluster', query: 'label_values(component_health, cluster)' },
    { name: 'namespace', label: 'Namespace', query: 'label_values(component_health, namespace)' },
    { name: 'job', label: 'Job', query: 'label_values(component_health, job)' },
    { name: 'instance', label: 'Agent', query: 'label_values(component_health{job=~"$job"}, instance)' },
  ],
  rows: [
    {
      title: 'Health',
      height: 7,
      panels: [
        {
          title: 'Unhealthy subsystems',
          kind: 'stat',
          unit: 'short',
          width: 4,
          redFrom: 1,
          queries: [{ legend: '', expr: `count(component_health{${on}} == 0) or vector(0)` }],
        },
        {
          title: 'Agents',
          kind: 'stat',
          unit: 'short',
          width: 4,
          queries: [{ legend: '', expr: `count(count by (instance) (component_health{${on}}))` }],
        },
        {
          title: 'Subsystems',
          kind: 'bargauge',
          unit: 'short',
          width: 16,
          redBelow: 1,
          queries: [{ legend: '{{instance}} {{component}}', expr: `component_health{${on}}` }],
        },
      ],
    },
    {
      title: 'Heartbeats',
      height: 8,
      panels: [
        third('Attempts per second', 'short', [
          '{{component}} {{outcome}}',
          `sum by (component, outcome) (rate(heartbeat_requests_total{${on}}[$__rate_interval]))`,
        ]),
        third('Duration, 95th percentile', 's', ['{{component}}', p95('heartbeat_duration_seconds', 'component')]),
        third('Payload, 95th percentile', 'bytes', ['{{component}}', p95('heartbeat_payload_bytes', 'component')]),
        half(
          "Tasks' heartbeats",
          'short',
          ['received', `sum(rate(heartbeat_requests_received_total{${on}}[$__rate_interval]))`],
          ['sent', `sum(rate(heartbeat_requests_sent_total{${on}}[$__rate_interval]))`],
          ['not sent', `sum(rate(heartbeat_requests_error_total{${on}}[$__rate_interval]))`],
        ),
        half('Queues', 'short', ['{{instance}} {{queue}} {{state}}', `astro_agent_client_queue_stats{${on}}`]),
      ],
    },
    {
      title: 'Agent proxy',
      height: 8,
      panels: [
        quarter('Requests per second', 'short', [
          '{{handler}} {{status}}',
          `sum by (handler, status) (rate(astro_agent_proxy_http_requests_total{${on}}[$__rate_interval]))`,
        ]),
        quarter(
          'Latency, 95th percentile',
          's',
          ['{{handler}}', p95('astro_agent_proxy_http_request_duration_seconds', 'handler')],
          ['all', p95('astro_agent_proxy_http_request_duration_highr_seconds', 'job')],
        ),
        quarter('Errors of matched routes', 'short', [
          '{{route}} {{error_type}}',
          `sum by (route, error_type) (rate(matched_proxy_errors_total{${on}}[$__rate_interval]))`,
        ]),
        quarter(
          'Bytes per second',
          'Bps',
          ['in', `sum(rate(astro_agent_proxy_http_request_size_bytes_sum{${on}}[$__rate_interval]))`],
          ['out', `sum(rate(astro_agent_proxy_http_response_size_bytes_sum{${on}}[$__rate_interval]))`],
        ),
      ],
    },
    {
      title: 'Dag processor',
      height: 8,
      panels: [
        third('Results waiting', 'short', ['{{instance}}', `dag_processor_results_queue_depth{${on}}`]),
        third(
          'Cache',
          'short',
          ['hits', `sum(rate(dag_processor_cache_hits_total{${on}}[$__rate_interval]))`],
          ['misses', `sum(rate(dag_processor_cache_misses_total{${on}}[$__rate_interval]))`],
          ['entries', `sum(dag_processor_cache_size{${on}})`],
        ),
        third('Dags sent per second', 'short', [
          '{{instance}}',
          `rate(dag_processor_heartbeat_dags_sent_total{${on}}[$__rate_interval])`,
        ]),
      ],
    },
    {
      title: 'Processes',
      height: 8,
      panels: [
        third('CPU', 'percentunit', ['{{instance}}', `rate(process_cpu_seconds_total{${on}}[$__rate_interval])`]),
        third('Resident memory', 'bytes', ['{{instance}}', `process_resident_memory_bytes{${on}}`]),
        third('Open file descriptors', 'percentunit', [
          '{{instance}}',
          `process_open_fds{${on}} / process_max_fds{${on}}`,
        ]),
      ],
    },
  ],
};
