import { useState } from 'preact/hooks';
import type { Sources as Answer, Source } from '#api/service.ts';
import { useApi } from '../api.ts';
import { bytes, count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, type Column, Failure, Filter, Panel, State, Table } from '../parts.tsx';
import { link } from '../route.ts';

/** One row for each process that sends. */
export function Sources({ now }: ViewProps) {
  const { data, error } = useApi<Answer>('sources', 3_000);
  const [filter, setFilter] = useState('');
  if (!data) return <Failure error={error} />;
  const words = filter.toLowerCase().split(/\s+/);
  const rows = data.sources.filter((source) => {
    const text =
      `${source.job} ${source.process} ${source.address} ${source.sdk} ${source.userAgent} ${source.warnings.map(({ code }) => code).join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <Filter value={filter} onChange={setFilter} label="Filter processes" />
      <Table
        label="Processes"
        columns={columns(now)}
        rows={rows}
        empty={
          <>
            No process sends at the moment. <a href={link('start')}>Getting started</a> shows what to set in Airflow.
          </>
        }
      />
      <Panel title="Short-lived processes">
        <Table
          label="Short-lived processes by job"
          columns={[
            { title: 'Job', cell: ({ job }) => job || '(none)', order: ({ job }) => job },
            {
              title: 'Processes',
              cell: ({ processes }) => count(processes),
              order: ({ processes }) => processes,
              isNumber: true,
            },
            {
              title: 'Requests',
              cell: ({ requests }) => count(requests),
              order: ({ requests }) => requests,
              isNumber: true,
            },
            { title: 'Points', cell: ({ points }) => count(points), order: ({ points }) => points, isNumber: true },
            {
              title: 'Latest',
              cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
              order: ({ lastUnixMs }) => lastUnixMs,
              isNumber: true,
            },
          ]}
          rows={data.shortLived}
          empty="None. Airflow’s task processes are listed here after they have ended."
        />
      </Panel>
      <p>
        {count(data.known)} processes are recorded
        {data.evicted > 0 ? `, ${count(data.evicted)} older ones are no longer` : ''}. {count(data.emptyRequests)}{' '}
        requests contained no data point.
      </p>
    </>
  );
}

function columns(now: number): Column<Source>[] {
  return [
    { title: 'Job', cell: ({ job }) => job || '(none)', order: ({ job }) => job },
    {
      title: 'Process',
      cell: ({ process, attributes }) => (
        <code title={attributes.map((pair) => pair.join('=')).join('\n')}>{process || '(unknown)'}</code>
      ),
      order: ({ process }) => process,
    },
    { title: 'Address', cell: ({ address, transport }) => `${address} ${transport}`, order: ({ address }) => address },
    {
      title: 'SDK',
      cell: ({ sdk, userAgent }) => <span title={userAgent}>{sdk || userAgent || '–'}</span>,
      order: ({ sdk }) => sdk,
    },
    {
      title: 'First seen',
      cell: ({ firstUnixMs }) => <Ago at={firstUnixMs} now={now} />,
      order: ({ firstUnixMs }) => firstUnixMs,
      isNumber: true,
    },
    {
      title: 'Last seen',
      cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
      order: ({ lastUnixMs }) => lastUnixMs,
      isNumber: true,
    },
    {
      title: 'Every',
      cell: ({ intervalMs }) => milliseconds(intervalMs),
      order: ({ intervalMs }) => intervalMs ?? 0,
      isNumber: true,
    },
    { title: 'Requests', cell: ({ requests }) => count(requests), order: ({ requests }) => requests, isNumber: true },
    { title: 'Points', cell: ({ points }) => count(points), order: ({ points }) => points, isNumber: true },
    { title: 'Bytes', cell: (source) => bytes(source.bytes), order: (source) => source.bytes, isNumber: true },
    {
      title: 'Warnings',
      cell: ({ warnings }) =>
        warnings.length === 0
          ? '–'
          : warnings.map(({ code, text }) => (
              <div key={code}>
                <State level="warning">{text}</State>
              </div>
            )),
      order: ({ warnings }) => -warnings.length,
    },
  ];
}
