import { encodeMetrics } from '../support/otlp.ts';

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const bounds = [10, 100, 1_000, 10_000];

/** Requests of an Airflow with `dags` Dags of `tasks` tasks, and five series for each task. */
export function* manyDags({ dags, tasks }: { readonly dags: number; readonly tasks: number }): Generator<Buffer> {
  const timeUnixNano = BigInt(Date.now()) * 1_000_000n;
  const times = { startTimeUnixNano: timeUnixNano - 1_000n, timeUnixNano };
  for (let dag = 0; dag < dags; dag++) {
    const each = Array.from({ length: tasks }, (_, task) => [
      attribute('dag_id', `team_${dag % 40}.dag_${dag}`),
      attribute('task_id', `task_${task}`),
    ]);
    const sum = (name: string, states: readonly string[]) => ({
      name,
      sum: {
        aggregationTemporality: 2 as const,
        isMonotonic: true,
        dataPoints: each.flatMap((attributes, task) =>
          states.map((state, i) => ({
            ...times,
            asInt: i === 0 ? 100 + task : (dag + task) % 3,
            attributes: [...attributes, ...(state === '' ? [] : [attribute('state', state)])],
          })),
        ),
      },
    });
    const durations = each.map((attributes, task) => ({
      ...{ ...times, attributes, count: 10, sum: 900 + task, explicitBounds: bounds },
      bucketCounts: [0, 5, 4, 1, 0],
    }));
    yield encodeMetrics({
      resourceMetrics: [
        {
          resource: {
            attributes: [attribute('service.name', 'airflow'), attribute('service.instance.id', 'scheduler')],
          },
          scopeMetrics: [
            {
              scope: { name: 'airflow' },
              metrics: [
                sum('airflow.ti.finish', ['success', 'failed', 'up_for_retry']),
                sum('airflow.ti.start', ['']),
                {
                  name: 'airflow.task.duration',
                  unit: 'ms',
                  histogram: { aggregationTemporality: 2, dataPoints: durations },
                },
              ],
            },
          ],
        },
      ],
    });
  }
}
