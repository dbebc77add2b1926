/**
 * The configuration that is used when none is given (accumulation.md): OTLP over HTTP and gRPC in, one page for Prometheus
 * with right counters for Airflow's short processes, a line for each request, health on 13133.
 */
export const builtinConfig = `
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
    # Milliseconds: from a heartbeat to a task of six hours.
    classic_buckets: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000, 21600000]

extensions:
  health_check:
    endpoint: 0.0.0.0:13133
  console:
    endpoint: localhost:8890
    try_ports: 20

service:
  extensions: [health_check, console]
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
