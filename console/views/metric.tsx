import type { Metric } from '#api/series.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Fact, Failure, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { Table } from '../table.tsx';
import { LatestMinutes } from './latest-minutes.tsx';
import { Lines, seriesColumns } from './series-parts.tsx';

/** One metric: labels, series, lines, latest minutes. */
export function MetricView({ argument, now }: ViewProps) {
  const { data, error } = useApi<Metric>(`metric?name=${encodeURIComponent(argument)}`, 5_000);
  if (!data) return <Failure error={error} />;
  const { family } = data;
  return (
    <>
      <h2 class="name">{family.name}</h2>
      <p>{family.help || 'The client sends no description.'}</p>
      {family.hiddenBy === null ? null : <State level="warning">Absent from /metrics: {family.hiddenBy}</State>}
      <dl class="facts">
        <Fact title="Type" value={family.type} />
        <Fact title="Unit" value={family.unit || 'none'} />
        <Fact title="Series" value={count(data.total)} />
        <Fact title="OTLP metric" value={<code>{family.otlpNames.join(', ')}</code>} />
      </dl>
      <LatestMinutes
        title="Sum over the recorded series"
        history={data.history}
        isTotal={/counter|histogram|summary/.test(family.type)}
      />
      <Panel title="Labels">
        <Table
          label="Labels"
          columns={[
            { title: 'Label', cell: ({ name }) => <code>{name}</code>, order: ({ name }) => name },
            { title: 'Values', cell: ({ values }) => count(values), order: ({ values }) => values, isNumber: true },
            {
              title: 'Most series',
              cell: ({ name, top }) =>
                top.slice(0, 6).map(([value, series]) => (
                  <a
                    key={value}
                    class="chip"
                    href={link('metrics', '', { match: `${family.name}{${name}=${JSON.stringify(value)}}` })}
                  >
                    {value || '(empty)'} <small>{count(series)}</small>
                  </a>
                )),
            },
          ]}
          rows={data.labels}
          empty="The series has no labels."
        />
      </Panel>
      <Panel title="Series" aside={<span>{count(data.total)}</span>}>
        <Table label="Series" columns={seriesColumns(now, false)} rows={data.series} empty="There is no series." />
      </Panel>
      <Lines lines={data.lines} />
    </>
  );
}
