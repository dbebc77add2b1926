import type { Lineage } from '#api/series.ts';
import { useApi } from '../api.ts';
import { count, seriesValue } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Copy, Fact, Failure, Panel } from '../parts.tsx';
import { link } from '../route.ts';
import { Table } from '../table.tsx';
import { LatestMinutes } from './latest-minutes.tsx';
import { Labels, Lines } from './series-parts.tsx';

/** The lineage of one series. */
export function LineageView({ argument, now }: ViewProps) {
  const { data, error } = useApi<Lineage>(`lineage?series=${encodeURIComponent(argument)}`, 5_000);
  if (!data) return <Failure error={error} />;
  const { series, metric, streams, collector } = data;
  return (
    <>
      <h2 class="name">
        <Labels name={series.name} labels={series.labels} />
      </h2>
      <dl class="facts">
        <Fact
          title="Value"
          value={<span title={String(series.value ?? '')}>{seriesValue(series.value)}</span>}
          note={data.isInitialZero ? '/metrics shows 0 until a scrape has returned it' : undefined}
        />
        <Fact title="Latest point" value={<Ago at={series.updatedUnixMs} now={now} />} />
        <Fact title="Mode" value={data.mode} />
        <Fact title="Metric" value={<code>{series.name}</code>} href={link('metric', series.name)} />
      </dl>
      <LatestMinutes
        title={series.type === 'histogram' ? 'Observations' : 'Value'}
        history={data.history}
        isTotal={/counter|histogram|summary/.test(series.type)}
      />
      <div class="columns">
        <Panel title="From the OTLP metric to the name">
          <ol class="path">
            <li>
              <code>{metric.name}</code>
              <small>
                {[
                  metric.temporality,
                  metric.isMonotonic ? 'monotonic' : '',
                  metric.type,
                  metric.unit === '' ? 'no unit' : `unit ${metric.unit}`,
                ]
                  .filter(Boolean)
                  .join(', ')}
              </small>
            </li>
            {data.naming.map(({ rule, result }) => (
              <li key={rule}>
                <code>{result}</code>
                <small>{rule}</small>
              </li>
            ))}
          </ol>
        </Panel>
        <Panel title="What the Collector would show">
          <p>{collector.note}</p>
          {collector.lines.length === 0 ? null : <Copy text={collector.lines.join('\n')} />}
          {collector.more > 0 ? <p>{count(collector.more)} more.</p> : null}
        </Panel>
      </div>
      <Panel title="Labels">
        <Table
          label="Labels"
          columns={[
            { title: 'Label', cell: ({ label }) => <code>{label}</code>, order: ({ label }) => label },
            { title: 'Value', cell: ({ value }) => <code>{value}</code>, order: ({ value }) => value },
            {
              title: 'From',
              cell: ({ from, keys }) => (
                <>
                  {from} <code>{keys.join(', ')}</code>
                </>
              ),
              order: ({ from }) => from,
            },
            { title: 'Rule', cell: ({ remark }) => remark || '–' },
          ]}
          rows={data.labels}
          empty="The series has no labels."
        />
        {data.processAttributes.length > 0 ? (
          <p>
            Not a label, because it only tells processes apart: <code>{data.processAttributes.join(', ')}</code>
          </p>
        ) : null}
      </Panel>
      {streams ? (
        <Panel title="Streams" aside={<span>{count(streams.total)} active</span>}>
          <Table
            label="Streams"
            columns={[
              {
                title: 'Process',
                cell: ({ process }) => <code>{process || '(no process attributes)'}</code>,
                order: ({ process }) => process,
              },
              {
                title: 'Start',
                cell: ({ startUnixNano }) =>
                  startUnixNano === null ? (
                    'deltas'
                  ) : startUnixNano === '0' ? (
                    'unknown'
                  ) : (
                    <Ago at={Number(startUnixNano) / 1e6} now={now} />
                  ),
                order: ({ startUnixNano }) => Number(startUnixNano ?? 0),
              },
              {
                title: 'Kind',
                cell: ({ kind, reason }) => <span title={reason}>{kind}</span>,
                order: ({ kind }) => kind,
              },
              { title: 'Value', cell: ({ value }) => count(value), order: ({ value }) => value ?? 0, isNumber: true },
              {
                title: 'Baseline',
                cell: ({ baseline }) => count(baseline),
                order: ({ baseline }) => baseline ?? 0,
                isNumber: true,
              },
              {
                title: 'Counts',
                cell: ({ value, baseline }) => count(value === null ? null : value - (baseline ?? 0)),
                order: ({ value, baseline }) => (value ?? 0) - (baseline ?? 0),
                isNumber: true,
              },
              {
                title: 'Latest point',
                cell: ({ lastUnixMs }) => <Ago at={lastUnixMs} now={now} />,
                order: ({ lastUnixMs }) => lastUnixMs,
                isNumber: true,
              },
              { title: 'Reason', cell: ({ reason }) => reason },
            ]}
            rows={streams.listed}
            empty="No process has sent this series lately. What expired streams counted is in the total."
          />
        </Panel>
      ) : null}
      <div class="columns">
        <Pairs title="Resource" pairs={data.resource} />
        <Pairs title="Attributes of the data points" pairs={data.attributes} />
        <Pairs
          title="Scope"
          pairs={[
            ['name', data.scope.name],
            ['version', data.scope.version],
            ['schema URL', data.scope.schemaUrl],
          ]}
        />
      </div>
      <Lines lines={data.lines} />
    </>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: readonly (readonly [string, string])[] }) {
  return (
    <Panel title={title}>
      {pairs.length === 0 ? (
        <p class="empty">None.</p>
      ) : (
        <dl class="pairs">
          {pairs.map(([key, value]) => (
            <div key={key}>
              <dt>{key}</dt>
              <dd>{value || '(empty)'}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  );
}
