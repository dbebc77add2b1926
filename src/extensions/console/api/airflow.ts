import type { Airflow } from '#api/airflow.ts';
import type { SeriesInstance } from '#component/views/series-view.ts';
import { stepMs } from '../observe/sampler.ts';
import { Slices } from '../observe/slices.ts';
import { BestOf } from './best-of.ts';
import { type ApiContext, finite, offered } from './context.ts';
import type { Parameters } from './parameters.ts';
import { valuesOf } from './values.ts';

/** Maximum numbers to distinguish, and to list. */
const maxDags = 5_000;
const maxTasks = 50_000;
const maxListedDags = 500;
const maxListedTasks = 500;
const maxFiles = 500;
/** States of a finished try that are neither success nor failure. */
const retried = 'up_for_retry';

interface Task {
  success: number;
  failed: number;
  retried: number;
  other: number;
  lastUnixMs: number;
  durations: SeriesInstance[];
}

interface Dag extends Task {
  readonly name: string;
  started: number | undefined;
  finished: SeriesInstance[];
  readonly tasks: Map<string, Task>;
}

/** Data collected in one pass over the series. */
class Gathered {
  isPresent = false;
  readonly dags = new Map<string, Dag>();
  readonly heartbeats: { component: string; series: SeriesInstance }[] = [];
  readonly pools = new Map<string, Record<string, number>>();
  readonly executors = new Map<string, Record<string, number>>();
  readonly files = new Map<string, { seconds: number; lastUnixMs: number }>();
  importErrors: number | undefined;
  totalSeconds: number | undefined;
  taskCount = 0;
  readonly #words: readonly string[];

  /** `words`: those that the names of a Dag and its task contain. Others are not gathered. */
  constructor(words: readonly string[]) {
    this.#words = words;
  }

  dag(series: SeriesInstance): Dag | undefined {
    const name = series.attribute('dag_id');
    if (name === undefined) return undefined;
    if (this.#words.length > 0) {
      const text = `${name} ${series.attribute('task_id') ?? ''}`.toLowerCase();
      if (!this.#words.every((word) => text.includes(word))) return undefined;
    }
    let dag = this.dags.get(name);
    if (dag === undefined && this.dags.size < maxDags) {
      dag = { ...newTask(), name, started: undefined, finished: [], tasks: new Map() };
      this.dags.set(name, dag);
    }
    return dag;
  }
}

function newTask(): Task {
  return { success: 0, failed: 0, retried: 0, other: 0, lastUnixMs: 0, durations: [] };
}

/** `GET airflow`: Dags, tasks, heartbeats, pools, executor, and parsing, from the stored series. */
export async function airflowOf(context: ApiContext, parameters: Parameters): Promise<Airflow> {
  const gathered = new Gathered(parameters.text('search').toLowerCase().split(/\s+/).filter(Boolean));
  const slices = new Slices();
  for (const { view } of offered(context.views, 'series')) {
    for (const series of view.series()) {
      if (slices.isOver()) await slices.next();
      gather(gathered, series);
    }
  }
  const listed = await listedOf(gathered);
  const dags: Airflow['dags'] = [];
  for (const dag of listed.dags) {
    if (slices.isOver()) await slices.next();
    dags.push(dagForApi(context, dag, listed.tasks));
  }
  return {
    isPresent: gathered.isPresent,
    heartbeats: gathered.heartbeats.map(({ component, series }) => ({
      component,
      instance: series.labels.find(([name]) => name === 'instance')?.[1] ?? '',
      total: finite(series.value),
      perMinute: finite(perMinute(context, series)),
      lastUnixMs: series.updatedUnixMs,
    })),
    dags: dags.sort((a, b) => (a.dag < b.dag ? -1 : 1)),
    moreDags: gathered.dags.size - dags.length,
    moreTasks: gathered.taskCount - listed.tasks.size,
    stepMs,
    pools: [...gathered.pools].map(([pool, slots]) => ({
      pool,
      open: finite(slots.open_slots),
      running: finite(slots.running_slots),
      queued: finite(slots.queued_slots),
      deferred: finite(slots.deferred_slots),
      scheduled: finite(slots.scheduled_slots),
    })),
    executors: [...gathered.executors]
      .map(([executor, slots]) => ({
        executor,
        open: finite(slots.open_slots),
        running: finite(slots.running_tasks),
        queued: finite(slots.queued_tasks),
      }))
      .filter(({ open, running, queued }) => open !== null || running !== null || queued !== null),
    parsing: {
      importErrors: finite(gathered.importErrors),
      totalSeconds: finite(gathered.totalSeconds),
      files: [...gathered.files].map(([file, { seconds, lastUnixMs }]) => ({
        file,
        seconds: finite(seconds),
        lastUnixMs,
      })),
    },
  };
}

/** Returns the Dags and tasks to list: those with failures, then those that finished last. */
async function listedOf({
  dags,
}: Gathered): Promise<{ readonly dags: readonly Dag[]; readonly tasks: ReadonlySet<Task> }> {
  const isFirst = (a: Task, b: Task) => b.failed - a.failed || b.lastUnixMs - a.lastUnixMs;
  const slices = new Slices();
  const bestDags = new BestOf<Dag>(maxListedDags, isFirst);
  const bestTasks = new BestOf<Task>(maxListedTasks, isFirst);
  for (const dag of dags.values()) bestDags.add(dag);
  for (const dag of bestDags.sorted()) {
    for (const task of dag.tasks.values()) {
      if (slices.isOver()) await slices.next();
      bestTasks.add(task);
    }
  }
  return { dags: bestDags.sorted(), tasks: new Set(bestTasks.sorted()) };
}

function gather(gathered: Gathered, series: SeriesInstance): void {
  const dot = series.metricName.indexOf('.');
  if (dot < 0) return;
  const name = series.metricName.slice(dot + 1);
  if (/^(scheduler|dag_processor|triggerer)_heartbeat$/.test(name)) {
    gathered.isPresent = true;
    if (gathered.heartbeats.length < 50)
      gathered.heartbeats.push({ component: name.replace('_heartbeat', ''), series });
  } else if (name === 'ti.finish') finished(gathered, series);
  else if (name === 'ti.start') {
    const dag = gathered.dag(series);
    if (dag) dag.started = (dag.started ?? 0) + series.value;
  } else if (name === 'task.duration') lasted(gathered, series);
  else if (name.startsWith('pool.'))
    slot(gathered.pools, series.attribute('pool_name') ?? series.attribute('pool'), name.slice(5), series);
  else if (name.startsWith('executor.'))
    slot(gathered.executors, series.attribute('executor_class_name') ?? 'executor', name.slice(9), series);
  else if (name === 'dag_processing.import_errors') gathered.importErrors = series.value;
  else if (name === 'dag_processing.total_parse_time') gathered.totalSeconds = series.value;
  else if (name === 'dag_processing.last_duration') parsed(gathered, series);
}

function slot(
  groups: Map<string, Record<string, number>>,
  group: string | undefined,
  name: string,
  series: SeriesInstance,
): void {
  if (group === undefined || (!groups.has(group) && groups.size >= 100)) return;
  groups.set(group, { ...groups.get(group), [name]: series.value });
}

function taskOf(gathered: Gathered, dag: Dag, series: SeriesInstance): Task | undefined {
  const name = series.attribute('task_id');
  if (name === undefined) return undefined;
  let task = dag.tasks.get(name);
  if (task === undefined && gathered.taskCount < maxTasks) {
    task = newTask();
    gathered.taskCount += 1;
    dag.tasks.set(name, task);
  }
  return task;
}

function finished(gathered: Gathered, series: SeriesInstance): void {
  gathered.isPresent = true;
  const dag = gathered.dag(series);
  if (!dag) return;
  dag.finished.push(series);
  const state = series.attribute('state') ?? '';
  const field = state === 'success' || state === 'failed' ? state : state === retried ? 'retried' : 'other';
  for (const each of [dag, taskOf(gathered, dag, series)]) {
    if (!each) continue;
    each[field] += series.value;
    each.lastUnixMs = Math.max(each.lastUnixMs, series.updatedUnixMs);
  }
}

function lasted(gathered: Gathered, series: SeriesInstance): void {
  const dag = gathered.dag(series);
  if (!dag) return;
  dag.durations.push(series);
  taskOf(gathered, dag, series)?.durations.push(series);
}

function parsed(gathered: Gathered, series: SeriesInstance): void {
  const file = series.attribute('file_name');
  if (file === undefined || gathered.files.size >= maxFiles) return;
  const { histogram } = series;
  const value = histogram ? histogram.quantile(0.5) : series.value;
  gathered.files.set(file, { seconds: (value * scaleOf(series)) / 1000, lastUnixMs: series.updatedUnixMs });
}

/** Returns the milliseconds per unit of a duration. Airflow 2 records seconds. */
function scaleOf({ unit }: SeriesInstance): number {
  return unit === 's' ? 1000 : 1;
}

/** Returns quantiles of the histogram with the most observations. A gauge has only its latest value. */
function durationsOf(series: readonly SeriesInstance[]): Airflow['dags'][number]['durationMs'] {
  let longest: SeriesInstance | undefined;
  for (const one of series) if (longest === undefined || one.value > longest.value) longest = one;
  if (longest === undefined) return null;
  const scale = scaleOf(longest);
  const { histogram } = longest;
  if (!histogram) return { count: 1, p50: finite(longest.value * scale), p95: finite(longest.value * scale) };
  return {
    count: histogram.count,
    p50: finite(histogram.quantile(0.5) * scale),
    p95: finite(histogram.quantile(0.95) * scale),
  };
}

function dagForApi(context: ApiContext, facts: Dag, listed: ReadonlySet<Task>): Airflow['dags'][number] {
  const ended = facts.success + facts.failed + facts.retried + facts.other;
  const { values } = valuesOf(context, facts.finished);
  return {
    dag: facts.name,
    success: facts.success,
    failed: facts.failed,
    retried: facts.retried,
    running: facts.started === undefined ? null : Math.max(0, facts.started - ended),
    durationMs: durationsOf(facts.durations),
    lastUnixMs: facts.lastUnixMs,
    finished: values.slice(1).map((value, i) => growth(values[i], value)),
    tasks: [...facts.tasks]
      .filter(([, task]) => listed.has(task))
      .map(([task, { success, failed, retried: tries, other, lastUnixMs, durations }]) => ({
        ...{ task, success, failed, other, lastUnixMs },
        retried: tries,
        durationMs: durationsOf(durations),
      })),
  };
}

function growth(before: number | null | undefined, after: number | null): number | null {
  return before === null || before === undefined || after === null ? null : Math.max(0, after - before);
}

function perMinute(context: ApiContext, series: SeriesInstance): number | undefined {
  const { times } = context.sampler.seriesHistory;
  const values = context.sampler.seriesHistory.values(series);
  const samples = Math.min(6, values.length - 1);
  if (samples < 1) return undefined;
  const elapsedMs = times.at(-1)! - times.at(-1 - samples)!;
  return elapsedMs > 0 ? ((values.at(-1)! - values.at(-1 - samples)!) / elapsedMs) * 60_000 : undefined;
}
