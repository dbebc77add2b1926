import { requestHttp } from '#client/http-request.ts';
import { parseTextFormat, type TextSample } from '#prometheus/exposition/parse-text.ts';
import { thousands } from '#text/thousands.ts';
import { briefDuration } from './aligned-columns.ts';

interface Ports {
  /** pitot's own metrics. */
  readonly ownMetrics: URL;
  /** The `/metrics` output. */
  readonly metrics: URL;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** State of a pitot without a console, as far as its ports for scrapers tell. Undefined: the port does not answer. */
interface PortStatus {
  readonly ownMetrics:
    | {
        readonly uptimeSeconds: number;
        readonly acceptedPoints: number;
        readonly refusedPoints: number;
        readonly droppedPoints: number;
        readonly rejectedRequests: number;
        readonly scrapes: number;
        readonly rssBytes: number;
      }
    | undefined;
  readonly output: { readonly metrics: number; readonly samples: number } | undefined;
}

/** Reads ports 8888 and 8889. @returns undefined if neither answers */
export async function readPorts({ ownMetrics, metrics, ...options }: Ports): Promise<PortStatus | undefined> {
  const [own, output] = await Promise.all([familiesAt(ownMetrics, options), familiesAt(metrics, options)]);
  if (!own && !output) return undefined;
  const samples = own?.flatMap((family) => family.samples) ?? [];
  const sum = (pattern: RegExp, label?: readonly [string, string]) =>
    samples
      .filter(({ name, labels }: TextSample) => pattern.test(name) && (!label || labels.get(label[0]) === label[1]))
      .reduce((total, { value }) => total + value, 0);
  return {
    ownMetrics: own && {
      uptimeSeconds: sum(/^otelcol_process_uptime(_seconds)?(_total)?$/),
      acceptedPoints: sum(/^otelcol_receiver_accepted_metric_points(_total)?$/),
      refusedPoints: sum(/^otelcol_receiver_refused_metric_points(_total)?$/),
      droppedPoints: sum(/^pitot_prometheus_dropped_points_total$/),
      rejectedRequests: sum(/^pitot_receiver_rejected_requests_total$/),
      scrapes: sum(/^pitot_prometheus_scrapes_total$/, ['outcome', 'sent']),
      rssBytes: sum(/^otelcol_process_memory_rss(_bytes)?$/),
    },
    output: output && {
      metrics: output.length,
      samples: output.reduce((total, family) => total + family.samples.length, 0),
    },
  };
}

async function familiesAt(url: URL, options: Pick<Ports, 'timeoutMs' | 'headers'>) {
  try {
    const { status, body } = await requestHttp(url, options);
    return status === 200 ? parseTextFormat(body.toString()) : undefined;
  } catch {
    return undefined;
  }
}

/** Formats the state in ten lines or fewer. */
export function portsText({ ownMetrics: own, output }: PortStatus): string {
  const rows = [
    ...(own
      ? [
          ['Received', `${thousands(own.acceptedPoints)} data points`],
          ['Scrapes', thousands(own.scrapes)],
          [
            'Lost',
            `${thousands(own.droppedPoints)} points dropped, ${thousands(own.refusedPoints)} refused, ${thousands(own.rejectedRequests)} requests rejected`,
          ],
          ['Process', `up ${briefDuration(own.uptimeSeconds * 1000)}, ${Math.round(own.rssBytes / 1e6)} MB`],
        ]
      : []),
    ...(output ? [['Output', `${thousands(output.samples)} samples in ${thousands(output.metrics)} metrics`]] : []),
  ];
  return `pitot runs, without a console that can be asked.\n${rows.map(([name, text]) => `  ${name!.padEnd(10)}${text}\n`).join('')}`;
}
