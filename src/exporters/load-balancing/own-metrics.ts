import type { ComponentSettings } from '#component/component.ts';

const latencyBounds = [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/** Registers the Collector's metrics of the exporter. */
export function balancerMetrics({ metrics }: ComponentSettings, resolver: string) {
  let backends = 0;
  metrics.gauge(
    'otelcol_loadbalancer_num_backends',
    'Current number of backends in use. [Development]',
    { resolver },
    () => backends,
  );
  const updates = metrics.counter(
    'otelcol_loadbalancer_num_backend_updates',
    'Number of times the list of backends was updated. [Development]',
    { resolver },
  );
  return {
    resolved(success: boolean): void {
      const help = 'Number of times the resolver has triggered new resolutions. [Development]';
      metrics.counter('otelcol_loadbalancer_num_resolutions', help, { resolver, success: String(success) }).add(1);
    },
    changed(count: number): void {
      backends = count;
      updates.add(1);
    },
    attempted(endpoint: string, success: boolean, durationMs: number): void {
      const outcome = 'Number of successes and failures for each endpoint. [Development]';
      const labels = { endpoint, success: String(success) };
      metrics.counter('otelcol_loadbalancer_backend_outcome', outcome, labels).add(1);
      const latency = 'Response latency in ms for the backends. [Development]';
      metrics
        .histogram('otelcol_loadbalancer_backend_latency', latency, latencyBounds, { endpoint })
        .record(durationMs);
    },
  };
}
