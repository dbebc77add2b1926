import { arch, platform } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };

/** The collector release whose answers ours equal; what `--version`, the log resource and `target_info` show. */
export const collectorVersion = '0.165.0';
/** The name under which the collector is known: in `--version`, in errors, as `service.name` of our own telemetry. */
const collectorCommand = 'otelcol-contrib';
/** Our own version, for `pitot --version` and the start-up log. */
export const pitotVersion: string = packageJson.version;

/** How this process presents itself. */
export interface BuildInfo {
  /** Program name in usage texts and messages. */
  readonly command: string;
  readonly description: string;
  readonly version: string;
}

/**
 * The identity for the name under which the process was started: anything that ends in `otelcol-contrib` answers exactly
 * as the collector does, any other name as pitot.
 */
export function buildInfoFor(invokedAs: string): BuildInfo {
  const name = invokedAs.replace(/^.*[/\\]/, '').replace(/\.(exe|[cm]?[jt]s)$/, '');
  if (name === collectorCommand) {
    return { command: collectorCommand, description: 'OpenTelemetry Collector Contrib', version: collectorVersion };
  }
  return { command: 'pitot', description: 'OTLP metrics in, Prometheus out', version: pitotVersion };
}

/** `User-Agent` of requests that we send, as the collector's exporters write it. */
export const userAgent = `OpenTelemetry Collector Contrib/${collectorVersion} (${platform()}/${arch() === 'x64' ? 'amd64' : arch()})`;
