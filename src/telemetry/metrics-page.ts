import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import { formatFloat } from '#go/format.ts';
import { scopeNameOf } from './scope-names.ts';

/** Format of pitot's own metrics; the Collector's reader settings. */
export interface PageOptions {
  /** `otelcol_process_uptime` instead of `otelcol_process_uptime_seconds`. */
  readonly withoutUnits: boolean;
  /** Counters without `_total`. */
  readonly withoutTypeSuffix: boolean;
  readonly withoutScopeInfo: boolean;
  /** Labels of `target_info`: attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** Resource attributes that become labels of every series. */
  readonly constantLabels: Readonly<Record<string, string>>;
  /** `basic` omits the metrics of the batch processor, and only `detailed` includes the sizes of an exporter's batches. */
  readonly level: 'none' | 'basic' | 'normal' | 'detailed';
}

/** Content type of the response. */
export const pageContentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** Units of the Collector's metrics whose names do not end in the unit. */
const units: ReadonlyMap<string, string> = new Map([
  ['otelcol_process_uptime', 'seconds'],
  ['otelcol_process_memory_rss', 'bytes'],
]);

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** Renders a registry in the Collector's order: families by name, labels by name, `le` last. */
export async function metricsPage(registry: Registry, options: PageOptions): Promise<string> {
  const metrics = await registry.getMetricsAsJSON();
  const families = metrics.flatMap((metric) => familyOf(metric, options));
  families.push(
    {
      name: 'promhttp_metric_handler_errors_total',
      help: 'Total number of internal errors encountered by the promhttp metric handler.',
      type: 'counter',
      samples: ['encoding', 'gathering'].map((cause) => ({
        name: 'promhttp_metric_handler_errors_total',
        labels: { cause },
        value: 0,
      })),
    },
    {
      name: 'target_info',
      help: 'Target metadata',
      type: 'gauge',
      samples: [{ name: 'target_info', labels: asLabels(options.resource), value: 1 }],
    },
  );
  families.sort((a, b) => (a.name < b.name ? -1 : 1));
  return families.map(familyText).join('');
}

/** Samples of a histogram have several names, which prom-client's types omit. */
type NamedValue = MetricValue<string> & { readonly metricName?: string };

function familyOf(metric: MetricObjectWithValues<MetricValue<string>>, options: PageOptions): Family[] {
  if (metric.values.length === 0) return [];
  if (!isShownAt(options.level, metric.name)) return [];
  const isOurs = !metric.name.startsWith('otelcol_');
  let name = metric.name;
  const unit = units.get(name);
  if (!options.withoutUnits && unit !== undefined) name += `_${unit}`;
  const type = String(metric.type);
  // Pitot-specific names already follow Prometheus's conventions.
  if (!isOurs && type === 'counter' && !options.withoutTypeSuffix) name += '_total';
  const scope = options.withoutScopeInfo
    ? {}
    : { otel_scope_name: scopeNameOf(metric.name), otel_scope_schema_url: '', otel_scope_version: '' };
  const values = type === 'histogram' ? metric.values : metric.values.toSorted(byLabels);
  const samples = (values as NamedValue[]).map(({ value, labels, metricName }) => ({
    name: metricName === undefined ? name : name + metricName.slice(metric.name.length),
    labels: { ...labels, ...scope, ...asLabels(options.constantLabels) } as Sample['labels'],
    value,
  }));
  return [{ name, help: metric.help, type, samples }];
}

/** Returns whether a level includes a metric, same as in the Collector. */
export function isShownAt(level: PageOptions['level'], name: string): boolean {
  if (name.startsWith('otelcol_processor_batch_')) return level !== 'basic';
  return level === 'detailed' || !name.startsWith('otelcol_exporter_queue_batch_send_size');
}

/** Orders the series of a name by their label values. */
function byLabels({ labels: a }: MetricValue<string>, { labels: b }: MetricValue<string>): number {
  const [left, right] = [a, b].map((labels) =>
    Object.keys(labels)
      .sort()
      .map((key) => labels[key])
      .join('\0'),
  );
  return left! < right! ? -1 : 1;
}

/** Converts attribute names to label names. */
function asLabels(attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_'),
      value,
    ]),
  );
}

function familyText({ name, help, type, samples }: Family): string {
  const lines = samples.map((sample) => `${sample.name}${labelText(sample.labels)} ${formatFloat(sample.value)}\n`);
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Sample['labels']): string {
  const entries = Object.entries(labels).sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (entries.length === 0) return '';
  return `{${entries.map(([key, value]) => `${key}="${escapeValue(labelValue(key, value))}"`).join(',')}}`;
}

function rank(label: string): number {
  return label === 'le' || label === 'quantile' ? 1 : 0;
}

function labelValue(key: string, value: string | number): string {
  return key === 'le' && value !== '+Inf' ? formatFloat(Number(value)) : String(value);
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
