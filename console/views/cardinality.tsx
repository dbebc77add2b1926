import { useState } from 'preact/hooks';
import { amount } from '#api/amount.ts';
import type { Cardinality as Answer } from '#api/cardinality.ts';
import { useApi, useSettled } from '../api.ts';
import { count, milliseconds } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Copy, Count, Failure, Filter, Panel } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';

type Label = Answer['labels'][number];
type MetricCount = Answer['metrics'][number];

/** Which metrics, labels, and values make up the series. */
export function Cardinality({ now, query }: ViewProps) {
  const [filter, setFilter] = useState(query.get('match') ?? '');
  const { data, error } = useApi<Answer>(`cardinality?match=${encodeURIComponent(useSettled(filter))}`, 30_000);
  if (!data) return <Failure error={error} />;
  const since = data.sinceUnixMs === null ? undefined : milliseconds(Math.max(1000, now - data.sinceUnixMs));
  return (
    <>
      <Filter value={filter} onChange={setFilter} label={'Words, or name{label="value"}'} />
      <Failure error={error} />
      <p>
        {count(data.series)} series in {amount(data.families, 'metrics', count)}.
        {since !== undefined && filter === ''
          ? ` ${signed(data.series - (data.before ?? 0))} in the last ${since}.`
          : ''}
      </p>
      <Panel title="Labels with the most values">
        <Table
          label="Labels"
          columns={labelColumns(data.series)}
          rows={data.labels}
          empty="No series matches, or none has a label."
        />
      </Panel>
      <div class="columns">
        <Panel title="Metrics with the most series">
          <Table
            label="Metrics"
            columns={metricColumns(data.series, since)}
            rows={data.metrics}
            empty="No metric matches."
          />
        </Panel>
        <Panel title="Label values in the most series">
          <Table label="Label values" columns={pairColumns(data.series)} rows={data.pairs} empty="No series matches." />
        </Panel>
      </div>
    </>
  );
}

function labelColumns(series: number): Column<Label>[] {
  return [
    { title: 'Label', cell: ({ name }) => <code>{name}</code>, order: ({ name }) => name },
    { title: 'Values', cell: ({ values }) => count(values), order: ({ values }) => values, isNumber: true },
    {
      title: 'Series',
      cell: (label) => <a href={link('metrics', '', { match: `{${label.name}=~".+"}` })}>{count(label.series)}</a>,
      order: (label) => label.series,
      isNumber: true,
    },
    {
      title: 'Without it',
      cell: ({ fewer }) => (fewer === 0 ? 'no fewer' : `−${count(fewer)} (${percent(fewer, series)})`),
      order: ({ fewer }) => fewer,
      isNumber: true,
    },
    {
      title: 'From',
      cell: ({ from }) => from.replaceAll('_', ' '),
      order: ({ from }) => from,
      isShort: true,
    },
    {
      title: 'How to remove it',
      cell: ({ advice, rule }) =>
        rule === '' ? (
          advice || '–'
        ) : (
          <details>
            <summary>Rule to copy</summary>
            <p>{advice}</p>
            <Copy text={rule} />
          </details>
        ),
    },
  ];
}

function metricColumns(all: number, since: string | undefined): Column<MetricCount>[] {
  return [
    {
      title: 'Metric',
      cell: ({ name }) => (
        <a href={link('metric', name)}>
          <code>{name}</code>
        </a>
      ),
      order: ({ name }) => name,
    },
    {
      title: 'Series',
      cell: ({ name, series }) => (
        <Count value={series} href={link('metrics', '', { match: `{__name__=${JSON.stringify(name)}}` })} />
      ),
      order: ({ series }) => series,
      isNumber: true,
    },
    shareColumn(all),
    {
      title: since === undefined ? 'Change' : `Change in ${since}`,
      cell: ({ series, before }) => (before === null ? '–' : signed(series - before)),
      order: ({ series, before }) => series - (before ?? series),
      isNumber: true,
    },
  ];
}

const pairColumns = (all: number): Column<Answer['pairs'][number]>[] => [
  {
    title: 'Label and value',
    cell: ({ label, value }) => (
      <a href={link('metrics', '', { match: `{${label}=${JSON.stringify(value)}}` })}>
        <code>
          {label}={JSON.stringify(value)}
        </code>
      </a>
    ),
    order: ({ label, value }) => `${label}=${value}`,
  },
  { title: 'Series', cell: ({ series }) => count(series), order: ({ series }) => series, isNumber: true },
  shareColumn(all),
];

/** The share of a row in all series that match. */
function shareColumn<Row extends { readonly series: number }>(all: number): Column<Row> {
  return {
    title: 'Share',
    cell: ({ series }) => (
      <>
        <span class="bar" aria-hidden="true">
          <span style={{ width: `${(100 * series) / Math.max(1, all)}%` }} />
        </span>
        <span class="percent">{percent(series, all)}</span>
      </>
    ),
    order: ({ series }) => series,
    isNumber: true,
  };
}

function signed(value: number): string {
  return value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : '±0';
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0%' : `${Math.round((100 * part) / whole)}%`;
}
