import { airflowVersions } from '#airflow/versions.ts';
import { notSent, prometheusName, type RecordedMetric, readAirflowMetrics } from '../../deploy/airflow/metrics.ts';

const code = (text: string): string => `\`${text}\``;
const { versions, main, metrics } = readAirflowMetrics();
const all = Object.keys(versions);

/** Whether durations of a version are histograms. */
const isHistogram = (version: string): boolean =>
  airflowVersions.find((each) => each.version === version)?.timers.type === 'exponential histogram';

/** The versions as they are read: `2.10–3.1, 3.3`. */
function spans(some: readonly string[]): string {
  const runs: string[][] = [];
  for (const version of some) {
    const last = runs.at(-1);
    if (last && all.indexOf(version) === all.indexOf(last.at(-1)!) + 1) last.push(version);
    else runs.push([version]);
  }
  return runs.map((run) => (run.length === 1 ? run[0]! : `${run[0]}–${run.at(-1)}`)).join(', ');
}

/** One row for versions whose metric has the same name, kind, and labels. */
function rows(name: string, groups: readonly RecordedMetric[]): string[] {
  return groups
    .filter((group) => !group.declaredOnly)
    .flatMap((group) => {
      const [histograms, others] = [true, false].map((wanted) => ({
        ...group,
        versions: group.versions.filter((version) => (group.kind === 'timer' && isHistogram(version)) === wanted),
      }));
      return [others!, histograms!].filter((each) => each.versions.length > 0);
    })
    .map((group) => {
      const histogram = group.kind === 'timer' && isHistogram(group.versions[0]!);
      const type = group.kind === 'timer' ? (histogram ? 'histogram' : 'gauge') : group.kind;
      const labels = group.labels.map(code).join(', ');
      const duplicate = group.duplicate ? code(prometheusName(group.duplicate, group.kind, histogram)) : '';
      const shown = code(prometheusName(name, group.kind, histogram));
      return `| ${shown} | ${type} | ${labels} | ${duplicate} | ${spans(group.versions)} |`;
    });
}

/** docs/airflow-metrics.md. */
export function metricsPage(): string {
  const recorded = Object.entries(metrics).flatMap(([name, groups]) => rows(name, groups));
  const declared = Object.entries(metrics)
    .filter(([, groups]) => groups.every((group) => group.declaredOnly))
    .map(([name, groups]) => `${code(name)} (${spans(groups.flatMap((group) => group.versions))})`);
  const added = Object.entries(main.added).map(
    ([name, { kind, labels }]) =>
      `| ${code(prometheusName(name, kind as RecordedMetric['kind'], true))} | ${kind === 'timer' ? 'histogram' : kind} | ${labels.map(code).join(', ')} |`,
  );
  const units = airflowVersions.map(({ version, timers }) => `| ${version} | ${timers.type} | ${timers.unit} |`);
  return `<!-- Generated from deploy/airflow/metrics.json by \`npm run docs\`; do not edit. -->
# Airflow's metrics by version

This page lists the metrics that Airflow sends over OTLP, with the names that pitot shows, and what Airflow never sends. Use it to write
your own queries. The alerts and dashboards are generated from the same table. Releases: ${Object.values(versions).join(', ')}.

## What Airflow does not send

pitot shows what Airflow sent. Airflow's database contains more:

| In the database | Sent | Count it with |
|---|---|---|
| Tasks without a process: EmptyOperator, and tasks that the scheduler completes itself | nothing | the database |
| Tasks skipped by a branch, \`upstream_failed\`, \`removed\` | nothing | the database; a failed Dag run has \`airflow_dagrun_duration_failed\` |
| A try that fails and is retried (\`failed\` in the history) | \`ti_finish\` with \`state="up_for_retry"\` | \`state=~"failed\\|up_for_retry"\` |
| A try that defers itself or is rescheduled, one try | \`ti_start\` and \`ti_finish\` each time, with \`state="deferred"\` or \`"up_for_reschedule"\` | leave these states out |
| A task that a signal kills, that runs out of memory, or whose worker is lost | \`ti_start\` without \`ti_finish\` | \`scheduler_tasks_killed_externally\`, \`task_instances_without_heartbeats_killed\` (\`zombies_killed\` in Airflow 2) |
| AirflowFailException | \`ti_finish\` with \`state="failed"\`, but no \`ti_failures\` | \`ti_finish\` |
| Airflow 2 and 3.0: tasks shorter than the export interval | usually nothing, because the process exits without sending | [Airflow 2](airflow.md#airflow-2-loses-finishes) |
| Airflow 3.0: starts and finishes of tasks | nothing: 3.0 does not count them | Airflow 3.1.8 or later |

## Durations

| Version | Type | Unit |
|---|---|---|
${units.join('\n')}

A gauge shows the last duration that any process reported. A histogram shows every one of them.

## Metrics

*Duplicate* is the name of a second metric with the same value, which has the values of labels in its name. Since Airflow 3.2,
\`AIRFLOW__METRICS__LEGACY_NAMES_ON=False\` turns duplicates off; [values-drop-duplicates.yaml](../deploy/prometheus/values-drop-duplicates.yaml)
drops them in Prometheus.

| Metric | Type | Labels | Duplicate | Versions |
|---|---|---|---|---|
${recorded.join('\n')}

In the registry of Airflow, but not recorded by its core or Task SDK; providers and executors record some of them:
${declared.join(', ')}.

${Object.entries(notSent)
  .map(([name, { versions: some, reason }]) => `${code(name)} does not arrive from ${spans(some)}: ${reason}`)
  .join('\n')}

## Airflow's main branch

At commit ${code(main.commit.slice(0, 12))}, the registry contains ${Object.keys(main.added).length} new metrics:

| Metric | Type | Labels |
|---|---|---|
${added.join('\n')}

Changed:

${Object.entries(main.changed)
  .map(([name, text]) => `- ${code(name)}: ${text}`)
  .join('\n')}

Removed: ${main.removed.map(code).join(', ')}.
`;
}
