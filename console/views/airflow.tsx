import { useState } from 'preact/hooks';
import type { Airflow as Answer } from '#api/airflow.ts';
import { amount } from '#api/amount.ts';
import { useApi, useSettled } from '../api.ts';
import { count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Count, Failure, Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';

type Dag = Answer['dags'][number];
type Task = Dag['tasks'][number] & { readonly dag: string };

/** A heartbeat comes every few seconds; without a point for this time the component is probably down, ms. */
const lateMs = 120_000;

const names: Readonly<Record<string, string>> = {
  scheduler: 'Scheduler',
  dag_processor: 'Dag processor',
  triggerer: 'Triggerer',
};

/** What Airflow does, from the stored series. */
export function AirflowView({ now }: ViewProps) {
  const [filter, setFilter] = useState('');
  const search = useSettled(filter);
  const { data, error } = useApi<Answer>(`airflow?search=${encodeURIComponent(search)}`, 5_000);
  if (!data) return <Failure error={error} />;
  if (!data.isPresent) {
    return (
      <p class="empty">
        No metrics of Airflow are stored yet. <a href={link('start')}>Getting started</a> shows which step is missing.
      </p>
    );
  }
  const tasks = data.dags.flatMap(({ dag, tasks: ofDag }) => ofDag.map((task): Task => ({ ...task, dag })));
  return (
    <>
      <dl class="facts">
        {data.heartbeats.map(({ component, instance, perMinute, lastUnixMs }) => (
          <div class="fact" key={`${component} ${instance}`}>
            <dt>{names[component] ?? component} heartbeat</dt>
            <dd>
              <a href={link('metrics', '', { match: `${component}_heartbeat` })}>
                <State level={now - lastUnixMs < lateMs ? 'ok' : 'error'}>
                  <Ago at={lastUnixMs} now={now} />
                </State>
              </a>
              <small>
                {perMinute === null ? 'rate not measured yet' : `${count(perMinute)} per minute`} {instance}
              </small>
            </dd>
          </div>
        ))}
      </dl>
      <Filter value={filter} onChange={setFilter} label="Filter Dags and tasks" />
      <Panel title="Dags" aside={<span>Tries since pitot’s totals began</span>}>
        <Table label="Dags" columns={dagColumns(now)} rows={data.dags} empty={noneOf('Dag', search)} />
        <More count={data.moreDags} />
      </Panel>
      <Panel title="Tasks">
        <Table label="Tasks" columns={taskColumns(now)} rows={tasks} empty={noneOf('task', search)} />
        <More count={data.moreTasks} />
      </Panel>
      <div class="columns">
        <Panel title="Pools">
          <Table
            label="Pools"
            columns={[
              {
                title: 'Pool',
                cell: ({ pool }) => <a href={seriesLink({ pool_name: pool })}>{pool}</a>,
                order: ({ pool }) => pool,
              },
              ...numbers<Answer['pools'][number]>(['open', 'running', 'queued', 'scheduled', 'deferred']),
            ]}
            rows={data.pools}
            empty="The scheduler has not reported pools."
          />
        </Panel>
        <Panel title="Executors">
          <Table
            label="Executors"
            columns={[
              {
                title: 'Executor',
                cell: ({ executor }) => <a href={seriesLink({ executor_class_name: executor })}>{executor}</a>,
                order: ({ executor }) => executor,
              },
              ...numbers<Answer['executors'][number]>(['open', 'running', 'queued']),
            ]}
            rows={data.executors}
            empty="The executor has not reported slots."
          />
        </Panel>
      </div>
      <Panel
        title="Dag processing"
        aside={
          <a href={link('metrics', '', { match: 'import_errors' })}>
            {data.parsing.importErrors === null
              ? 'import errors not reported'
              : amount(data.parsing.importErrors, 'import errors', count)}
          </a>
        }
      >
        <Table
          label="Dag files"
          columns={[
            {
              title: 'File',
              cell: ({ file }) => <a href={seriesLink({ file_name: file })}>{file}</a>,
              order: ({ file }) => file,
            },
            {
              title: 'Processing time',
              cell: ({ seconds }) => milliseconds(seconds === null ? null : seconds * 1000),
              order: ({ seconds }) => seconds ?? 0,
              isNumber: true,
            },
            {
              title: 'Latest',
              cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
              order: ({ lastUnixMs }) => lastUnixMs,
              isNumber: true,
            },
          ]}
          rows={data.parsing.files}
          empty="The Dag processor has not reported files."
        />
      </Panel>
    </>
  );
}

function noneOf(noun: string, search: string): string {
  if (search !== '') return `No ${noun} matches.`;
  return `No ${noun} has started or finished since pitot’s totals began. Start a Dag: its metrics arrive with the next export.`;
}

function More({ count: more }: { count: number }) {
  return more === 0 ? null : (
    <p class="more">{count(more)} more are not listed: failures and the latest are first. A filter finds the others.</p>
  );
}

function numbers<Row>(keys: readonly (keyof Row & string)[]): Column<Row>[] {
  return keys.map((key) => ({
    title: key[0]!.toUpperCase() + key.slice(1),
    cell: (row) => count(row[key] as number | null),
    order: (row) => (row[key] as number | null) ?? -1,
    isNumber: true,
  }));
}

/** Series with these labels. */
function seriesLink(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return link('metrics', '', { match: `{${matchers.join(',')}}` });
}

function Failed({ value, href }: { value: number; href: string }) {
  return value > 0 ? (
    <a href={href}>
      <State level="error">{count(value)}</State>
    </a>
  ) : (
    <>0</>
  );
}

/** Columns of tries, whose numbers lead to their series. */
function tries<Row extends Pick<Task, 'success' | 'failed' | 'retried'>>(
  labelsOf: (row: Row) => Record<string, string>,
): Column<Row>[] {
  const href = (row: Row, state: string) => seriesLink({ ...labelsOf(row), state });
  return [
    {
      title: 'Success',
      cell: (row) => <Count value={row.success} href={href(row, 'success')} />,
      order: ({ success }) => success,
      isNumber: true,
    },
    {
      title: 'Failed',
      cell: (row) => <Failed value={row.failed} href={href(row, 'failed')} />,
      order: ({ failed }) => failed,
      isNumber: true,
    },
    {
      title: 'Retried',
      cell: (row) => <Count value={row.retried} href={href(row, 'up_for_retry')} />,
      order: ({ retried }) => retried,
      isNumber: true,
    },
  ];
}

function dagColumns(now: number): Column<Dag>[] {
  return [
    {
      title: 'Dag',
      cell: ({ dag }) => <a href={seriesLink({ dag_id: dag })}>{dag}</a>,
      order: ({ dag }) => dag,
    },
    { title: 'Latest minutes', cell: ({ finished }) => <Spark values={finished} />, isShort: true },
    ...tries<Dag>(({ dag }) => ({ dag_id: dag })),
    {
      title: 'Started, not finished',
      cell: ({ running }) => count(running),
      order: ({ running }) => running ?? 0,
      isNumber: true,
    },
    {
      title: 'Last finish',
      cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
      order: ({ lastUnixMs }) => lastUnixMs,
      isNumber: true,
    },
  ];
}

function taskColumns(now: number): Column<Task>[] {
  return [
    {
      title: 'Task',
      cell: ({ dag, task }) => <a href={seriesLink({ dag_id: dag, task_id: task })}>{`${dag} / ${task}`}</a>,
      order: ({ dag, task }) => `${dag} ${task}`,
    },
    ...tries<Task>(({ dag, task }) => ({ dag_id: dag, task_id: task })),
    { title: 'Other', cell: ({ other }) => count(other), order: ({ other }) => other, isNumber: true },
    {
      title: 'Median',
      cell: ({ durationMs }) => milliseconds(durationMs?.p50),
      order: ({ durationMs }) => durationMs?.p50 ?? 0,
      isNumber: true,
    },
    {
      title: '95th percentile',
      cell: ({ durationMs }) => milliseconds(durationMs?.p95),
      order: ({ durationMs }) => durationMs?.p95 ?? 0,
      isNumber: true,
    },
    {
      title: 'Last finish',
      cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
      order: ({ lastUnixMs }) => lastUnixMs,
      isNumber: true,
    },
  ];
}

/** Finished tries over the latest minutes. */
function Spark({ values }: { values: Dag['finished'] }) {
  if (values.filter((value) => value !== null).length < 2) return <small>not measured yet</small>;
  const max = Math.max(1, ...values.map((value) => value ?? 0));
  const points = values
    .map((value, i) => `${(i / Math.max(1, values.length - 1)) * 90},${17 - ((value ?? 0) / max) * 15}`)
    .join(' ');
  const total = values.reduce((sum: number, value) => sum + (value ?? 0), 0);
  return (
    <svg class="spark" width="92" height="18" role="img" aria-label={`${count(total)} tries finished`}>
      <polyline points={points} fill="none" stroke="currentColor" stroke-width="1.3" />
    </svg>
  );
}
