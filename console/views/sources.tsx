import { useState } from 'preact/hooks';
import { amount } from '#api/amount.ts';
import type { Sources as Answer, Source } from '#api/service.ts';
import { useApi } from '../api.ts';
import { bytes, count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Count, Failure, Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';

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
      <Failure error={error} />
      <Panel title="Processes" aside={<span>{count(rows.length)}</span>}>
        <Table
          label="Processes"
          columns={columns(now)}
          rows={rows}
          empty={
            filter === '' ? (
              <>
                No process has sent yet. <a href={link('start')}>Getting started</a> shows what to set in Airflow.
              </>
            ) : (
              'No process matches the filter.'
            )
          }
        />
      </Panel>
      <Panel title="Short-lived processes">
        <Table
          label="Short-lived processes by job"
          columns={[
            { title: 'Job', cell: ({ job }) => <Job job={job} />, order: ({ job }) => job, isShort: true },
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
        pitot has recorded {amount(data.known, 'processes', count)}
        {data.evicted > 0 ? `, and forgotten ${count(data.evicted)} older ones` : ''}.{' '}
        {data.emptyRequests > 0 ? `${amount(data.emptyRequests, 'requests', count)} contained no data point.` : ''}
      </p>
    </>
  );
}

function Job({ job }: { job: string }) {
  return job === '' ? <>(none)</> : <a href={link('metrics', '', { match: `{job=${JSON.stringify(job)}}` })}>{job}</a>;
}

function columns(now: number): Column<Source>[] {
  return [
    { title: 'Job', cell: ({ job }) => <Job job={job} />, order: ({ job }) => job, isShort: true },
    {
      title: 'Process',
      cell: ({ process, attributes }) => (
        <code title={attributes.map((pair) => pair.join('=')).join('\n')}>{process || '(unknown)'}</code>
      ),
      order: ({ process }) => process,
    },
    {
      title: 'Address',
      cell: ({ address, transport }) => `${address} ${transport}`,
      order: ({ address }) => address,
      isShort: true,
    },
    {
      title: 'SDK',
      cell: ({ sdk, userAgent }) => <span title={userAgent}>{sdk || userAgent || '–'}</span>,
      order: ({ sdk }) => sdk,
      isShort: true,
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
    {
      title: 'Points',
      cell: ({ points, process }) => <Count value={points} href={link('tail', '', { match: process })} />,
      order: ({ points }) => points,
      isNumber: true,
    },
    { title: 'Bytes', cell: (source) => bytes(source.bytes), order: (source) => source.bytes, isNumber: true },
    {
      title: 'Warnings',
      isWide: true,
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
