import { arch, platform } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };

/**
 * The Collector release with which pitot is compatible, as shown by `--version`, the log resource, and `target_info`.
 */
export const collectorVersion = '0.165.0';
/** Name of the Collector in `--version`, in errors, and as `service.name` of its own telemetry. */
const collectorCommand = 'otelcol-contrib';
/** Version of pitot, for `pitot --version` and the startup log. */
export const pitotVersion: string = packageJson.version;

/** Name and version of this process. */
export interface BuildInfo {
  /** Program name in usage texts and messages. */
  readonly command: string;
  readonly description: string;
  readonly version: string;
}

/**
 * Returns the identity for the name of the executable. A name that ends in `otelcol-contrib` selects the Collector's
 * identity and messages, any other name pitot's.
 */
export function buildInfoFor(invokedAs: string): BuildInfo {
  const name = invokedAs.replace(/^.*[/\\]/, '').replace(/\.(exe|[cm]?[jt]s)$/, '');
  if (name === collectorCommand) {
    return { command: collectorCommand, description: 'OpenTelemetry Collector Contrib', version: collectorVersion };
  }
  return { command: 'pitot', description: 'OTLP metrics in, Prometheus out', version: pitotVersion };
}

/** `User-Agent` of outgoing requests, in the form of the Collector's exporters. */
export const userAgent = `OpenTelemetry Collector Contrib/${collectorVersion} (${platform()}/${arch() === 'x64' ? 'amd64' : arch()})`;
