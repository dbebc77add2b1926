import { useEffect, useState } from 'preact/hooks';
import type { Family, Lineage, Metric, Metrics, Series, SeriesPage } from '#api/series.ts';
import { useApi } from '../api.ts';
import { count } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Ago, Chart, type Column, Copy, Fact, Failure, Filter, Panel, State, Table } from '../parts.tsx';
import { link } from '../route.ts';

/** The text, once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 200);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

const familyColumns: Column<Family>[] = [
  { title: 'Metric', cell: ({ name }) => <a href={link('metric', name)}>{name}</a>, order: ({ name }) => name },
  { title: 'Type', cell: ({ type }) => type, order: ({ type }) => type },
  {
    title: 'Series',
    cell: ({ seriesCount }) => count(seriesCount),
    order: ({ seriesCount }) => seriesCount,
    isNumber: true,
  },
  { title: 'Help', cell: ({ help }) => help },
  {
    title: 'In the output',
    cell: ({ hiddenBy }) => (hiddenBy === null ? 'yes' : <State level="warning">{hiddenBy}</State>),
    order: ({ hiddenBy }) => hiddenBy ?? '',
  },
];

function seriesColumns(now: number, hasName: boolean): Column<Series>[] {
  return [
    {
      title: 'Series',
      cell: ({ selector, name, labels }) => (
        <a href={link('series', selector)}>
          <Labels name={hasName ? name : ''} labels={labels} />
        </a>
      ),
      order: ({ selector }) => selector,
    },
    { title: 'Value', cell: ({ value }) => count(value), order: ({ value }) => value ?? 0, isNumber: true },
    { title: 'Streams', cell: ({ streams }) => count(streams), order: ({ streams }) => streams ?? 0, isNumber: true },
    {
      title: 'Latest point',
      cell: ({ updatedUnixMs }) => <Ago at={updatedUnixMs} now={now} />,
      order: ({ updatedUnixMs }) => updatedUnixMs,
      isNumber: true,
    },
  ];
}

/** Labels as Prometheus writes them; those of the scope, which are the same almost everywhere, come last and faint. */
function Labels({ name, labels }: { name: string; labels: Series['labels'] }) {
  const isScope = ([label]: readonly [string, string]) => label.startsWith('otel_scope_');
  const ordered = [
    ...labels.filter((pair) => !isScope(pair)),
    ...labels.filter((pair) => isScope(pair) && pair[1] !== ''),
  ];
  return (
    <code class="labels">
      {name}
      {'{'}
      {ordered.map((pair, i) => (
        <span key={pair[0]} class={isScope(pair) ? 'faint' : ''}>
          {i > 0 ? ', ' : ''}
          {pair[0]}=<span class="value">"{pair[1]}"</span>
        </span>
      ))}
      {'}'}
    </code>
  );
}

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
      <Panel title="Latest minutes">
        <Chart
          title="Sum over the recorded series"
          times={data.history.unixMs}
          values={data.history.values}
          format={count}
          height={120}
        />
      </Panel>
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

function Lines({ lines }: { lines: { text: string; openmetrics: string; protobuf: string; more?: number } }) {
  const [format, setFormat] = useState<'text' | 'openmetrics' | 'protobuf'>('text');
  return (
    <Panel
      title="Lines in /metrics"
      aside={
        <span class="choices">
          {(['text', 'openmetrics', 'protobuf'] as const).map((name) => (
            <button key={name} type="button" aria-pressed={format === name} onClick={() => setFormat(name)}>
              {name}
            </button>
          ))}
        </span>
      }
    >
      <Copy text={lines[format] || 'None: the series is hidden.'} />
      {lines.more ? <p>{count(lines.more)} more series.</p> : null}
    </Panel>
  );
}

/** The lineage of one series. */
export function SeriesView({ argument, now }: ViewProps) {
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
          value={count(series.value)}
          note={data.isInitialZero ? '/metrics shows 0 until a scrape has returned it' : undefined}
        />
        <Fact title="Latest point" value={<Ago at={series.updatedUnixMs} now={now} />} />
        <Fact title="Mode" value={data.mode} />
        <Fact title="Metric" value={series.name} href={link('metric', series.name)} />
      </dl>
      <Panel title="Latest minutes">
        <Chart
          title={series.type === 'histogram' ? 'Observations' : 'Value'}
          times={data.history.unixMs}
          values={data.history.values}
          format={count}
          height={110}
        />
      </Panel>
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
