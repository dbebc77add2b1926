import { type AirflowVersion, airflowVariables, airflowVersions } from '#airflow/versions.ts';

const target = { host: 'otel-collector-opentelemetry-collector.re.svc.cluster.local', port: 4318, intervalMs: 30_000 };
const code = (text: string): string => `\`${text}\``;
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
/** `2.10`, `2.11` → `2.10–2.11`. */
const span = (versions: readonly AirflowVersion[]): string =>
  versions.length === 1 ? versions[0]!.version : `${versions[0]!.version}–${versions.at(-1)!.version}`;

const rows: readonly [string, (each: AirflowVersion) => string][] = [
  ['Release that was measured', ({ release }) => release],
  [
    'Endpoint from',
    (each) => (each.readsOtelVariables ? '`OTEL_EXPORTER_OTLP_ENDPOINT`¹' : '`[metrics] otel_host`, `otel_port`'),
  ],
  ['Endpoint if none is set', ({ defaultEndpoint }) => code(defaultEndpoint)],
  ['Protocols', ({ protocols }) => protocols.map(code).join(', ')],
  [
    'Interval from',
    (each) => (each.readsOtelVariables ? '`OTEL_METRIC_EXPORT_INTERVAL`¹' : '`[metrics] otel_interval_milliseconds`'),
  ],
  ['Interval if none is set', ({ defaultIntervalMs }) => `${defaultIntervalMs / 1000} s`],
  ['`service.name` from', (each) => (each.readsOtelVariables ? '`OTEL_SERVICE_NAME`¹' : '`[metrics] otel_service`')],
  ['`service.name` if none is set', ({ defaultServiceName }) => code(defaultServiceName)],
  ['Reads `OTEL_EXPORTER_OTLP_HEADERS`', (each) => yesNo(each.readsHeadersVariable)],
  ['Content type of the requests', ({ contentType }) => code(contentType)],
  ['Durations are recorded as', ({ timers }) => `${timers.type}, ${timers.unit}`],
  ['A task counts its start and finish', ({ countsTasks }) => yesNo(countsTasks)],
  ['A process sends what it has when it exits', (each) => yesNo(each.flushesAtExit)],
  ['`[metrics] legacy_names_on` turns duplicates off', (each) => yesNo(each.hasLegacyNamesSetting)],
];

function block(version: AirflowVersion | undefined): string {
  const lines = Object.entries(airflowVariables(target, version)).map(
    ([name, value]) => `- name: ${name}\n  value: ${JSON.stringify(value)}`,
  );
  return `\`\`\`yaml\n${lines.join('\n')}\n\`\`\``;
}

/** docs/airflow-versions.md. */
export function versionsPage(): string {
  const head = `| | ${airflowVersions.map(({ version }) => version).join(' | ')} |\n|${'---|'.repeat(airflowVersions.length + 1)}`;
  const body = rows.map(([title, cell]) => `| ${title} | ${airflowVersions.map(cell).join(' | ')} |`);
  const own = airflowVersions.filter((each) => !each.readsOtelVariables);
  const otel = airflowVersions.filter((each) => each.readsOtelVariables);
  return `<!-- Generated from src/airflow/versions.ts by \`npm run docs\`; do not edit. -->
# Airflow's settings by version

Each version of Airflow reads other settings to decide where it sends metrics. Use this page if you set up Airflow, or if nothing arrives.
[airflow-metrics.md](airflow-metrics.md) lists the metrics of each version.

## Variables to set

Airflow ${span(otel)}:

${block(otel[0])}

Airflow ${span(own)}:

${block(own[0])}

If you run several versions, set both groups. Airflow ${otel[0]!.version} and later then log one warning and use the variables of
OpenTelemetry:

${block(undefined)}

- Port 8889 is where Prometheus scrapes pitot. Airflow ${span(own)} sends to port 8889 of its own host if you set nothing else, and
  its example configuration names 8889, too. Use port 4318.
- If \`[metrics] statsd_on\` is true, Airflow uses StatsD and sends nothing over OTLP. It logs nothing about it.
- The exporter is part of Airflow's own requirements. A worker that has only \`apache-airflow-task-sdk\` needs
  \`apache-airflow-task-sdk[otel]\`.
- \`OTEL_RESOURCE_ATTRIBUTES\` works in every version. Set \`service.namespace\` in it if several Airflows send to one pitot:
  [Several Airflows](airflow.md#several-airflows).

## What each version reads

${head}
${body.join('\n')}

¹ If it is not set, the setting of \`[metrics]\` that the older versions read, with a warning in the log.

- **Requests of type \`application/json\`.** Airflow 2 labels its requests as JSON although they contain protobuf. Older SDKs
  overwrite the label; with a recent SDK the Collector answers 500 and nothing arrives. pitot accepts them.
- **Airflow 2.11 and \`timer_unit_consistency\`.** With \`AIRFLOW__METRICS__TIMER_UNIT_CONSISTENCY=True\`, Airflow 2.11 records durations in
  ms, as Airflow 3 does. The alerts recognize the unit. In the dashboard, select it with the variable *Durations in*.
- **Airflow 2.10 before 2.10.3** does not read \`otel_service\` and \`OTEL_RESOURCE_ATTRIBUTES\`.
- **Airflow 3.1 before 3.1.8** does not count starts and finishes of tasks, and does not flush when a process exits.
- **Airflow 3.0** does not count starts and finishes of tasks. \`ti_failures\` counts only failures that the scheduler notices.

## Verification

\`bash .ci/airflow-wheels.sh\` downloads the wheels of the releases above and compares this table with them. Each wheel's own code creates
its exporter while one group of variables is set; the script reads the endpoint, interval, and resource from it.
`;
}
