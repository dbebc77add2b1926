import { type ApiContext, offered } from './context.ts';

/** Exporters that send metrics nowhere. */
const localTypes: ReadonlySet<string> = new Set(['debug', 'logging', 'nop', 'file']);

/** An exporter to which Prometheus does not come: it sends metrics itself. */
export interface Destination {
  readonly id: string;
  /** Data points since startup. */
  readonly sent: number;
  readonly failed: number;
}

/** Returns the exporters of metrics pipelines that send to another server. */
export function destinationsOf(context: ApiContext): Destination[] {
  const { views } = context;
  const scraped = new Set(offered(views, 'series').map(({ component }) => component.id));
  const ids = context
    .describe()
    .pipelines.filter(({ id }) => id.split('/', 1)[0] === 'metrics')
    .flatMap(({ exporters }) => exporters)
    .filter((id) => !scraped.has(id) && !localTypes.has(id.split('/', 1)[0]!));
  const total = (name: string, id: string) =>
    views.readings(name).reduce((sum, { labels, value }) => (labels.exporter === id ? sum + value : sum), 0);
  return [...new Set(ids)].map((id) => ({
    id,
    sent: total('otelcol_exporter_sent_metric_points', id),
    failed: total('otelcol_exporter_send_failed_metric_points', id),
  }));
}
