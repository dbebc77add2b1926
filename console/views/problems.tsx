import { useState } from 'preact/hooks';
import type { Problems as Answer, Problem } from '#api/overview.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, type Column, Failure, Filter, State, Table } from '../parts.tsx';

/** Everything that is dropped, refused, rejected, or in conflict. */
export function Problems({ now, query }: ViewProps) {
  const { data, error } = useApi<Answer>('problems', 3_000);
  const [filter, setFilter] = useState(query.get('filter') ?? '');
  if (!data) return <Failure error={error} />;
  const words = filter.toLowerCase().split(/\s+/);
  const rows = data.problems.filter((problem) => {
    const text = Object.values(problem).join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return (
    <>
      <Filter value={filter} onChange={setFilter} label="Filter problems" />
      <Failure error={error} />
      <Table
        label="Problems"
        columns={columns(now)}
        rows={rows}
        empty={
          filter === '' ? (
            <State level="ok">Nothing is dropped, refused, rejected, or in conflict.</State>
          ) : (
            'No problem matches the filter.'
          )
        }
      />
      {data.more > 0 ? <p>{count(data.more)} more are not listed.</p> : null}
    </>
  );
}

const ranks = { error: 0, warning: 1, info: 2 };

function columns(now: number): Column<Problem>[] {
  return [
    { title: 'Level', cell: ({ level }) => <State level={level} />, order: ({ level }) => ranks[level] },
    {
      title: 'Problem',
      cell: ({ title, text, shown, hidden, code }) => (
        <>
          <b>{title}</b> <code class="faint">{code}</code>
          {text === '' ? null : <div class="observed">{text}</div>}
          {shown === '' && hidden === '' ? null : (
            <div class="observed">
              shown: <code>{shown || '(none)'}</code>, not shown: <code>{hidden}</code>
            </div>
          )}
        </>
      ),
      order: ({ title }) => title,
    },
    { title: 'Subject', cell: ({ subject }) => <code>{subject}</code>, order: ({ subject }) => subject },
    { title: 'Client', cell: ({ client }) => client || '–', order: ({ client }) => client },
    {
      title: 'Count',
      cell: (problem) => `${count(problem.count)} ${problem.unit}`,
      order: (problem) => problem.count,
      isNumber: true,
    },
    {
      title: 'Since',
      cell: ({ firstUnixMs }) => (firstUnixMs ? <Ago at={firstUnixMs} now={now} /> : '–'),
      order: ({ firstUnixMs }) => firstUnixMs ?? 0,
      isNumber: true,
    },
    {
      title: 'Latest',
      cell: ({ lastUnixMs }) => (lastUnixMs ? <Ago at={lastUnixMs} now={now} /> : '–'),
      order: ({ lastUnixMs }) => lastUnixMs ?? 0,
      isNumber: true,
    },
    { title: 'Remedy', cell: ({ remedy }) => remedy || 'None needed.' },
  ];
}
