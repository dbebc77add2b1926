import { useState } from 'preact/hooks';
import { amount } from '#api/amount.ts';
import type { Problems as Answer, Problem } from '#api/overview.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Failure, Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';

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
      <Panel title="Problems" aside={<span>{count(rows.length + data.more)}</span>}>
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
      </Panel>
    </>
  );
}

const ranks = { error: 0, warning: 1, info: 2 };

function columns(now: number): Column<Problem>[] {
  return [
    { title: 'Level', cell: ({ level }) => <State level={level} />, order: ({ level }) => ranks[level], isShort: true },
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
      isWide: true,
    },
    {
      title: 'Subject',
      cell: (problem) => <Subject problem={problem} />,
      order: ({ subject }) => subject,
    },
    { title: 'Client', cell: ({ client }) => client || '–', order: ({ client }) => client, isShort: true },
    {
      title: 'Count',
      cell: (problem) => amount(problem.count, problem.unit, count),
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
    {
      title: 'Remedy',
      isWide: true,
      cell: ({ remedy, section, code }) => (
        <>
          {remedy || (code === 'log' ? '–' : 'None needed.')}
          {section === '' ? null : <small class="reference">docs/troubleshooting.md#{section}</small>}
        </>
      ),
    },
  ];
}

/** A metric leads to its series. */
function Subject({ problem: { subject, unit, code } }: { problem: Problem }) {
  if (subject === '' || (unit !== 'points' && unit !== 'series') || code === 'refused' || code === 'send_failed')
    return <code>{subject}</code>;
  return (
    <a href={link('metrics', '', { match: subject.replace(/[^\w:]+/g, '_') })}>
      <code>{subject}</code>
    </a>
  );
}
