import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { SdkKind } from './sdk-kinds.ts';

/** Settings and dependencies of {@link AirflowTraffic}. */
export interface AirflowTrafficOptions {
  readonly dags: number;
  readonly tasksPerDag: number;
  /** Share of task tries that fail, from 0 to 1. */
  readonly failureRatio: number;
  /** `1.45` sends service.instance.id and histograms; `1.35` sends neither, and its timers are gauges in milliseconds. */
  readonly sdk: SdkKind;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

/** A request of a synthetic Airflow. */
export interface TrafficRequest {
  /** ExportMetricsServiceRequest in protobuf. */
  readonly body: Buffer;
  /** State of the task try that the request reports; undefined for the scheduler. */
  readonly state: 'success' | 'failed' | undefined;
}

type Attributes = Readonly<Record<string, string>>;
interface Value {
  readonly attributes?: Attributes;
  readonly value: number;
}

const second = 1_000_000_000n;
const cumulative = 2;
const scope = { name: 'airflow._shared.observability.metrics.otel_logger' };

/**
 * Creates requests with the metric names, attributes, and types that a real Airflow sends: one scheduler process that lives as long as the
 * generator, and one process for each task try, which starts its counters at zero and exports once.
 */
export class AirflowTraffic {
  readonly #options: AirflowTrafficOptions;
  readonly #schedulerStart: bigint;
  readonly #schedulerId: string;
  #heartbeats = 0;
  #tries = 0;

  /** `now` is the current time in Unix nanoseconds. */
  constructor(options: AirflowTrafficOptions, now: bigint) {
    this.#options = options;
    this.#schedulerStart = this.#instant(now);
    this.#schedulerId = this.#instanceId();
  }

  /** Returns the request of a task process that ends at `now`. */
  taskTry(now: bigint): TrafficRequest {
    const { dags, tasksPerDag, failureRatio, random } = this.#options;
    const dag = this.#tries % dags;
    const task = Math.floor(this.#tries / dags) % tasksPerDag;
    this.#tries += 1;
    const attributes = { dag_id: `dag_${dag}`, task_id: `task_${task}` };
    const state = random() < failureRatio ? 'failed' : 'success';
    // No process is older than the generator: pitot would count only the growth of a process that is older than its state.
    const ageMs = Number((now - this.#schedulerStart) / 1_000_000n);
    const durationMs = Math.max(1, Math.min(200 + random() * 20_000, ageMs));
    const start = this.#instant(now - BigInt(Math.round(durationMs)) * 1_000_000n);
    const result = state === 'success' ? 'successes' : 'failures';
    const counted = { attributes, value: 1 };
    const metrics = [
      sum('airflow.ti.start', [counted], { start, now }),
      sum('airflow.ti.finish', [{ attributes: { ...attributes, state }, value: 1 }], { start, now }),
      sum(`airflow.ti_${result}`, [counted], { start, now }),
      sum(`airflow.operator_${result}`, [{ attributes: { ...attributes, operator_name: 'BashOperator' }, value: 1 }], {
        start,
        now,
      }),
      this.#timer('airflow.task.duration', { attributes, value: durationMs }, { start, now }),
    ];
    return { body: this.#request(metrics, this.#instanceId()), state };
  }

  /** Returns the periodic request of the scheduler. */
  scheduler(now: bigint): TrafficRequest {
    this.#heartbeats += 1;
    const { dags, random } = this.#options;
    const times = { start: this.#schedulerStart, now };
    const busy = Math.floor(random() * 16);
    const executor = { status: 'open', executor_class_name: 'LocalExecutor' };
    const pool = { pool_name: 'default_pool' };
    const metrics = [
      sum('airflow.scheduler_heartbeat', [{ value: this.#heartbeats }], times),
      sum('airflow.dag_processor_heartbeat', [{ value: this.#heartbeats }], times),
      gauge('airflow.dagbag_size', [{ value: dags }], now),
      gauge('airflow.dag_processing.import_errors', [{ value: 0 }], now),
      gauge('airflow.executor.open_slots', [{ attributes: executor, value: 32 - busy }], now),
      gauge('airflow.executor.running_tasks', [{ attributes: executor, value: busy }], now),
      gauge('airflow.pool.open_slots', [{ attributes: pool, value: 128 - busy }], now),
      gauge('airflow.pool.running_slots', [{ attributes: pool, value: busy }], now),
      this.#timer('airflow.scheduler.scheduler_loop_duration', { value: 20 + random() * 100 }, times),
    ];
    return { body: this.#request(metrics, this.#schedulerId), state: undefined };
  }

  #timer(name: string, { attributes = {}, value }: Value, { start, now }: { start: bigint; now: bigint }): object {
    if (this.#options.sdk === '1.35') return gauge(name, [{ attributes, value }], now);
    // Scale 3: the index of the bucket that contains the value.
    const offset = Math.ceil(Math.log2(value) * 8) - 1;
    const point = {
      ...common(attributes, now),
      startTimeUnixNano: String(start),
      count: '1',
      sum: value,
      min: value,
      max: value,
      scale: 3,
      zeroCount: '0',
      positive: { offset, bucketCounts: ['1'] },
      negative: {},
    };
    return { name, unit: 'ms', exponentialHistogram: { aggregationTemporality: cumulative, dataPoints: [point] } };
  }

  #request(metrics: readonly object[], instance: string): Buffer {
    const attributes = list({
      'telemetry.sdk.language': 'python',
      'telemetry.sdk.name': 'opentelemetry',
      'telemetry.sdk.version': this.#options.sdk === '1.45' ? '1.45.2' : '1.35.0',
      ...(this.#options.sdk === '1.45' && { 'service.instance.id': instance }),
      'service.name': 'airflow',
    });
    const request = { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope, metrics }] }] };
    return metricsJsonToProtobuf(Buffer.from(JSON.stringify(request)));
  }

  /** Clocks of real processes have nanoseconds: a start time identifies a process. */
  #instant(time: bigint): bigint {
    return time - (time % 1_000_000n) + BigInt(Math.floor(this.#options.random() * 999_999)) + 1n;
  }

  #instanceId(): string {
    const digits = (count: number) =>
      Array.from({ length: count }, () => Math.floor(this.#options.random() * 16).toString(16)).join('');
    return `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`;
  }
}

const list = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
const common = (attributes: Attributes, now: bigint) => ({ attributes: list(attributes), timeUnixNano: String(now) });

function sum(name: string, values: readonly Value[], { start, now }: { start: bigint; now: bigint }): object {
  const dataPoints = values.map(({ attributes = {}, value }) => ({
    ...common(attributes, now),
    startTimeUnixNano: String(start),
    asInt: String(value),
  }));
  return { name, sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
}

function gauge(name: string, values: readonly Value[], now: bigint): object {
  const dataPoints = values.map(({ attributes = {}, value }) => ({ ...common(attributes, now), asDouble: value }));
  return { name, gauge: { dataPoints } };
}

/** Unix nanoseconds of a time in milliseconds. */
export const unixNano = (unixMs: number): bigint => (BigInt(Math.floor(unixMs)) * second) / 1000n;
