import { type AirflowVersion, airflowVersions } from '#airflow/versions.ts';

/** Settings of Airflow, from its environment and airflow.cfg. */
export interface AirflowSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Options of the section `[metrics]` of airflow.cfg. */
  readonly metricsSection: ReadonlyMap<string, string>;
  /** Undefined if unknown. */
  readonly version: AirflowVersion | undefined;
}

/** Returns a setting of `[metrics]`. The environment takes precedence over airflow.cfg. */
export function metricsOption({ environment, metricsSection }: AirflowSettings, name: string): string | undefined {
  return environment[`AIRFLOW__METRICS__${name.toUpperCase()}`] ?? metricsSection.get(name);
}

/** Whether a setting is true for Airflow. */
export function isTrue(text: string | undefined): boolean {
  return /^(t|true|1|yes|y|on)$/i.test(text?.trim() ?? '');
}

/** Whether these are settings of Airflow, or at least of an OpenTelemetry SDK. */
export function hasSettings({ environment, metricsSection }: AirflowSettings): boolean {
  return metricsSection.size > 0 || Object.keys(environment).some((name) => /^(AIRFLOW_|OTEL_EXPORTER_)/.test(name));
}

/** Parses the output of `env`. A line without a name continues the previous value. */
export function parseEnvironment(text: string): Record<string, string> {
  const environment: Record<string, string> = {};
  let latest: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name !== undefined) environment[name] = unquoted(value!);
    else if (latest !== undefined && line !== '') environment[latest] += `\n${line}`;
    latest = name ?? latest;
  }
  return environment;
}

function unquoted(text: string): string {
  return /^(["']).*\1$/s.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

/** Reads the section `[metrics]` of airflow.cfg. */
export function parseMetricsSection(text: string): Map<string, string> {
  const options = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^\]]+)\]/.exec(line);
    if (header) section = header[1]!.trim();
    const [, name, value] = /^([A-Za-z_]\w*)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (section === 'metrics' && name !== undefined) options.set(name.toLowerCase(), value!.trim());
  }
  return options;
}

/** Returns the facts about a release such as `3.2.1`. A later release has the facts of the last known one. */
export function versionOf(text: string | undefined): AirflowVersion | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(text ?? '') ?? [];
  if (major === undefined) return undefined;
  const number = (version: string) => {
    const [first = 0, second = 0] = version.split('.').map(Number);
    return first * 1_000 + second;
  };
  const wanted = number(`${major}.${minor}`);
  return airflowVersions.findLast(({ version }) => number(version) <= wanted) ?? airflowVersions[0];
}
