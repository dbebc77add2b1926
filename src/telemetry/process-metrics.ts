import { getHeapStatistics } from 'node:v8';
import type { Clock } from '#component/component.ts';
import type { MetricsRegistry } from './own-metrics.ts';

/** The Collector's metrics about its process, as far as Node.js has the same quantities. */
export function registerProcessMetrics(metrics: MetricsRegistry, clock: Clock): void {
  const started = clock.monotonic();
  const counters = [
    ['otelcol_process_uptime', 'Uptime of the process [Alpha]', () => (clock.monotonic() - started) / 1000],
    ['otelcol_process_cpu_seconds', 'Total CPU user and system time in seconds [Alpha]', cpuSeconds],
    [
      'otelcol_process_runtime_total_alloc_bytes',
      "Cumulative bytes allocated for heap objects (see 'go doc runtime.MemStats.TotalAlloc') [Alpha]",
      allocatedBytes,
    ],
  ] as const;
  for (const [name, help, read] of counters) metrics.observedCounter(name, help, read);
  const memory = () => process.memoryUsage();
  metrics.gauge(
    'otelcol_process_memory_rss',
    'Total physical memory (resident set size) [Alpha]',
    {},
    () => memory().rss,
  );
  const heapHelp = "Bytes of allocated heap objects (see 'go doc runtime.MemStats.HeapAlloc') [Alpha]";
  metrics.gauge('otelcol_process_runtime_heap_alloc_bytes', heapHelp, {}, () => memory().heapUsed);
  const systemHelp = "Total bytes of memory obtained from the OS (see 'go doc runtime.MemStats.Sys') [Alpha]";
  metrics.gauge('otelcol_process_runtime_total_sys_memory_bytes', systemHelp, {}, () => memory().rss);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function allocatedBytes(): number {
  const statistics = getHeapStatistics() as { total_allocated_bytes?: number; malloced_memory: number };
  return statistics.total_allocated_bytes ?? statistics.malloced_memory;
}
