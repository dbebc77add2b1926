import { useEffect, useRef, useState } from 'preact/hooks';
import { amount } from '#api/amount.ts';
import type { Tail as Event } from '#api/tail.ts';
import { clockTime, count, exact } from '../format.ts';
import type { ViewProps } from '../main.tsx';
import { Filter, Panel, State } from '../parts.tsx';
import { link } from '../route.ts';
import { type Column, Table } from '../table.tsx';

type Point = Event['points'][number];

/** Points that the page keeps. */
const maxPoints = 200;
/** Time after the last key before a filter is used, ms. */
const settleMs = 300;

/** Data points as they arrive, and the lines that they become. */
export function Tail({ query }: ViewProps) {
  const [filter, setFilter] = useState(query.get('match') ?? '');
  const [isPaused, setPaused] = useState(false);
  const { points, missed, isLive } = useTail(filter, query.get('metric') ?? '', isPaused);
  return (
    <>
      <div class="choices">
        <Filter value={filter} onChange={setFilter} label="Words, or key=value" />
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        {isPaused ? (
          <State level="waiting">paused</State>
        ) : isLive ? (
          <State level="ok">live</State>
        ) : (
          <State level="error">no connection</State>
        )}
        {missed > 0 ? (
          <span class="faint">{amount(missed, 'points', count)} more matched. A filter shows them.</span>
        ) : null}
      </div>
      <Panel title="Data points" aside={<span>the latest {maxPoints}</span>}>
        <Table
          label="Data points"
          columns={columns}
          rows={points}
          empty="No matching data point has arrived since this page was opened. Airflow sends once per export interval: by default every 60 s."
        />
      </Panel>
    </>
  );
}

function useTail(match: string, metric: string, isPaused: boolean) {
  const [state, setState] = useState<{ points: readonly Point[]; missed: number }>({ points: [], missed: 0 });
  const [isLive, setLive] = useState(false);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  useEffect(() => {
    setState({ points: [], missed: 0 });
    let source: EventSource | undefined;
    const timer = setTimeout(() => {
      source = new EventSource(`api/v1/tail?${new URLSearchParams({ match, metric })}`);
      source.onopen = () => setLive(true);
      source.onerror = () => setLive(false);
      source.addEventListener('points', (event) => {
        if (paused.current) return;
        const { points, missed } = JSON.parse(event.data) as Event;
        setState((before) => ({
          points: [...points.toReversed(), ...before.points].slice(0, maxPoints),
          missed: before.missed + missed,
        }));
      });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      source?.close();
    };
  }, [match, metric]);
  return { ...state, isLive };
}

/** Attributes that are the same almost everywhere come last. */
function ordered(attributes: Point['attributes']): Point['attributes'] {
  const isUsual = ([key]: Point['attributes'][number]) => /^(telemetry|service)\./.test(key);
  return [...attributes.filter((pair) => !isUsual(pair)), ...attributes.filter(isUsual)];
}

const columns: Column<Point>[] = [
  {
    title: 'Time',
    cell: ({ unixMs }) => (
      <time dateTime={new Date(unixMs).toISOString()} title={exact(unixMs)}>
        {clockTime(unixMs)}
      </time>
    ),
    isShort: true,
  },
  {
    title: 'Metric',
    isWide: true,
    cell: ({ metric, type, unit }) => (
      <>
        <code>{metric}</code> <small>{`${type}${unit === '' ? '' : ` in ${unit}`}`}</small>
      </>
    ),
  },
  {
    title: 'Process',
    cell: ({ job, process }) => (
      <span title={process}>
        {job || '(none)'} <small>{process.slice(0, 40)}</small>
      </span>
    ),
  },
  {
    title: 'Attributes',
    cell: ({ attributes }) => (
      <code class="clamp">
        {ordered(attributes)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ') || '–'}
      </code>
    ),
  },
  { title: 'Value', cell: ({ value }) => value },
  {
    title: 'Line in the output',
    cell: ({ line }) =>
      line === '' ? (
        <a href={link('problems')}>none: see Problems</a>
      ) : (
        <a href={link('series', selectorOf(line))}>
          <code class="clamp">{line}</code>
        </a>
      ),
  },
];

/** The series of a line: what is before its value. */
function selectorOf(line: string): string {
  const end = line.lastIndexOf('}');
  const selector = end < 0 ? line.split(' ', 1)[0]! : line.slice(0, end + 1);
  return selector.replace(/_bucket\{/, '{').replace(/,?\b(le|quantile)="[^"]*"/, '');
}
