import { useEffect, useState } from 'preact/hooks';
import type { Family, Metrics, SeriesPage } from '#api/series.ts';
import { useApi, useSettled } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Count, Failure, Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';
import { seriesColumns } from './series-parts.tsx';

const familyColumns: Column<Family>[] = [
  {
    title: 'Metric',
    cell: ({ name, help, hiddenBy }) => (
      <>
        <a class="block" href={link('metric', name)}>
          {name}
        </a>
        {help === '' ? null : <div class="observed clamp">{help}</div>}
        {hiddenBy === null ? null : (
          <div>
            <State level="warning">not in the output: {hiddenBy}</State>
          </div>
        )}
      </>
    ),
    order: ({ name }) => name,
  },
  { title: 'Type', cell: ({ type }) => type, order: ({ type }) => type, isShort: true },
  {
    title: 'Series',
    cell: ({ seriesCount, name }) => (
      <Count value={seriesCount} href={link('metrics', '', { match: `{__name__=${JSON.stringify(name)}}` })} />
    ),
    order: ({ seriesCount }) => seriesCount,
    isNumber: true,
  },
];

/** Search by name and label. */
export function SeriesSearch({ now, query, status }: ViewProps) {
  const [text, setText] = useState(query.get('match') ?? '');
  const settled = useSettled(text);
  const isSelector = /[{=]/.test(settled);
  const metrics = useApi<Metrics>(
    isSelector ? undefined : `metrics?limit=500&search=${encodeURIComponent(settled)}`,
    5_000,
  );
  const series = useApi<SeriesPage>(
    settled === '' ? undefined : `series?limit=100&match=${encodeURIComponent(settled)}`,
    5_000,
  );
  useEffect(() => history.replaceState(null, '', link('metrics', '', { match: settled })), [settled]);
  return (
    <>
      <Filter value={text} onChange={setText} label={'Words, or a selector such as {dag_id="etl"}'} />
      <Failure error={series.error || metrics.error} />
      {isSelector || !metrics.data ? null : (
        <Panel
          title="Metrics"
          aside={
            <span>
              {count(metrics.data.total)} of {count(status.output.families)}
            </span>
          }
        >
          <Table
            label="Metrics"
            columns={familyColumns}
            rows={metrics.data.families}
            empty={
              settled === '' ? (
                <>
                  No metrics are stored yet. <a href={link('start')}>Getting started</a> shows which step is missing.
                </>
              ) : (
                'No metric has these words in its name or help.'
              )
            }
          />
        </Panel>
      )}
      {settled === '' || !series.data ? null : (
        <Panel
          title="Series"
          aside={
            <span>
              {count(series.data.total)} of {count(series.data.scanned)}
            </span>
          }
        >
          <Table
            label="Series"
            columns={seriesColumns(now, true)}
            rows={series.data.series}
            empty="No series matches."
          />
          {series.data.total > series.data.series.length ? (
            <p>The first {series.data.series.length} are listed. Add a word or a label to see others.</p>
          ) : null}
        </Panel>
      )}
    </>
  );
}
