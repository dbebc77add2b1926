/** Directory of totals for root, the image, and the Debian package. */
export const systemStateDirectory = '/var/lib/pitot';

/**
 * The configuration that pitot uses without `--config`: OTLP over HTTP and gRPC, `/metrics` with accumulation for Airflow's short-lived
 * processes, one log line per request, a health check on 13133, and the console on 8890. Totals are on disk if `stateDirectory` is
 * writable, or if PITOT_STATE_DIR names a directory.
 */
export const builtinConfig = (stateDirectory: string) => `
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
      http:
        endpoint: 0.0.0.0:4318

processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 25

exporters:
  debug:
    verbosity: basic
  prometheus:
    endpoint: 0.0.0.0:8889
    accumulation:
      enabled: true
      process_attributes: [service.instance.id]
      storage: file_storage
    # Milliseconds: from a heartbeat to a task of six hours.
    classic_buckets: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000, 21600000]

extensions:
  # Keeps totals across restarts. A directory in PITOT_STATE_DIR must be writable. If the other one is not, totals are in memory only.
  file_storage:
    directory: \${env:PITOT_STATE_DIR:-}
    optional_directory: ${JSON.stringify(stateDirectory.replaceAll('$', '$$$$'))}
    create_directory: true
  health_check:
    endpoint: 0.0.0.0:13133
  console:
    endpoint: localhost:8890
    try_ports: 20

service:
  extensions: [file_storage, health_check, console]
  pipelines:
    metrics:
      receivers: [otlp]
      processors: [memory_limiter]
      exporters: [debug, prometheus]
    traces:
      receivers: [otlp]
      processors: [memory_limiter]
      exporters: [debug]
    logs:
      receivers: [otlp]
      processors: [memory_limiter]
      exporters: [debug]
`;
