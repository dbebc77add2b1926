import { useState } from 'preact/hooks';
import type { Series } from '#api/series.ts';
import { count, seriesValue } from '../format.ts';
import { Ago, Copy, Panel } from '../parts.tsx';
import { link } from '../route.ts';
import type { Column } from '../table.tsx';

/** Columns of a list of series. `hasName`: of different metrics. */
export function seriesColumns(now: number, hasName: boolean): Column<Series>[] {
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
    {
      title: 'Value',
      cell: ({ value }) => <span title={String(value ?? '')}>{seriesValue(value)}</span>,
      order: ({ value }) => value ?? 0,
      isNumber: true,
    },
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
export function Labels({ name, labels }: { name: string; labels: Series['labels'] }) {
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

/** The lines of series in each format. */
export function Lines({ lines }: { lines: { text: string; openmetrics: string; protobuf: string; more?: number } }) {
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
