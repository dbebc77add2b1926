import type { Scrape } from './replay/record-scrapes.ts';

/**
 * Scrapes of an agent client with every metric of Astronomer's guide, at the times of other scrapes. Counters increase with each scrape.
 * There is no recording of a real agent: names and types are those of the guide, some label names are assumptions. `lines`: `name type`.
 */
export function agentScrapes(lines: readonly string[], others: readonly Scrape[]): Scrape[] {
  return others.map(({ atMs }, index) => ({
    atMs,
    page: Buffer.from(lines.map((line) => family(line, index + 1)).join('')),
  }));
}

const labels: Readonly<Record<string, string>> = {
  component_health: 'component="Server"',
  heartbeat_requests_total: 'component="worker",outcome="success"',
  matched_proxy_errors_total: 'route="/r",error_type="timeout"',
  astro_agent_client_queue_stats: 'queue="default",state="queued"',
  astro_agent_proxy_http_requests_total: 'method="GET",status="2xx",handler="/h"',
};

/** Returns one metric with plausible values for scrape `n`. `line`: `name type` from the guide. */
function family(line: string, n: number): string {
  const [name, type] = line.split(' ') as [string, string];
  const own = labels[name] ?? (name.startsWith('heartbeat_') && type === 'histogram' ? 'component="worker"' : '');
  const series = (suffix: string, value: number, more = '') =>
    `${name}${suffix}{${[own, more].filter(Boolean).join(',')}} ${value}\n`;
  const head = `# TYPE ${name} ${type}\n`;
  if (type === 'histogram')
    return (
      head +
      series('_bucket', n, 'le="1"') +
      series('_bucket', 2 * n, 'le="+Inf"') +
      series('_sum', n) +
      series('_count', 2 * n)
    );
  if (type === 'summary') return head + series('_sum', n) + series('_count', n);
  return head + series('', type === 'counter' ? n : 1);
}
