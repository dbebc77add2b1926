import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { ago, exact } from './format.ts';

const shapes: Readonly<Record<string, string>> = { ok: '●', waiting: '◌', warning: '▲', error: '■', info: '○' };

/** A state as shape, color, and word. */
export function State({ level, children }: { level: string; children?: ComponentChildren }) {
  return (
    <span class={`state ${level}`}>
      <span aria-hidden="true">{shapes[level] ?? '○'}</span> {children ?? level}
    </span>
  );
}

export function Ago({ at, now }: { at: number | null | undefined; now: number }) {
  return (
    <time dateTime={at ? new Date(at).toISOString() : undefined} title={exact(at)}>
      {ago(at, now)}
    </time>
  );
}

export function Fact({
  title,
  value,
  note,
  href,
}: {
  title: string;
  value: ComponentChildren;
  note?: ComponentChildren;
  href?: string;
}) {
  return (
    <div class="fact">
      <dt>{title}</dt>
      <dd>
        {href ? <a href={href}>{value}</a> : value}
        {note ? <small>{note}</small> : null}
      </dd>
    </div>
  );
}

export function Panel({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="panel">
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

export function Failure({ error }: { error: string }) {
  return error === '' ? null : (
    <p class="failure" role="alert">
      <State level="error">{error}</State>
    </p>
  );
}

/** Text to copy, with a button that needs no permission from the user. */
export function Copy({ text }: { text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => setCopied(true));
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <div class="copy">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What the column is sorted by; without it the column cannot be sorted. */
  readonly order?: (row: Row) => string | number;
  readonly isNumber?: boolean;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly empty: ComponentChildren;
  /** Index of the column by which rows are sorted at first; negative or absent: as they come. */
  readonly sort?: number;
  readonly isDescending?: boolean;
}

export function Table<Row>({ label, columns, rows, empty, sort = -1, isDescending = false }: TableProps<Row>) {
  const [order, setOrder] = useState({ column: sort, isDescending });
  const sorted = useMemo(() => {
    const by = columns[order.column]?.order;
    if (!by) return rows;
    const direction = order.isDescending ? -1 : 1;
    return rows.toSorted((a, b) => direction * (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
  }, [rows, order, columns]);
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const toggle = (column: number) =>
    setOrder((now) => ({
      column,
      isDescending: now.column === column ? !now.isDescending : columns[column]?.isNumber === true,
    }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section class="scroll" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column, i) => (
              <th
                key={column.title}
                scope="col"
                class={column.isNumber ? 'number' : ''}
                aria-sort={order.column === i ? (order.isDescending ? 'descending' : 'ascending') : undefined}
              >
                {column.order ? (
                  <button type="button" onClick={() => toggle(i)}>
                    {column.title}
                    <span aria-hidden="true">{order.column === i ? (order.isDescending ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, i) => (
            <tr key={i}>
              {columns.map((column) => (
                <td key={column.title} class={column.isNumber ? 'number' : ''}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A filter that `/` focuses. */
export function Filter({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  return (
    <input
      ref={input}
      class="filter"
      type="search"
      value={value}
      placeholder={`${label}  ( / )`}
      aria-label={label}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface ChartProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly format: (value: number) => string;
  readonly marks?: readonly { readonly unixMs: number; readonly kind: string }[];
  readonly height?: number;
}

/** A line over time, with its latest value as text. */
export function Chart({ title, times, values, format, marks = [], height = 90 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const markTimes = useRef(marks);
  markTimes.current = marks;
  const data = useMemo((): uPlot.AlignedData => [times.map((time) => time / 1000), [...values]], [times, values]);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const style = getComputedStyle(element);
    const accent = style.getPropertyValue('--accent');
    const faint = style.getPropertyValue('--faint');
    const options: uPlot.Options = {
      ...{ width: element.clientWidth || 300, height },
      legend: { show: false },
      cursor: { y: false, points: { size: 5 } },
      scales: { y: { range: (_, min, max) => [Math.min(0, min ?? 0), max > 0 ? max * 1.1 : 1] } },
      axes: [
        { stroke: faint, grid: { show: false }, ticks: { show: false }, size: 18, font: '11px system-ui' },
        {
          stroke: faint,
          grid: { stroke: style.getPropertyValue('--line'), width: 1 },
          ticks: { show: false },
          size: 52,
          font: '11px system-ui',
          values: (_, ticks) => ticks.map(format),
        },
      ],
      series: [
        {},
        { stroke: accent, width: 1.5, spanGaps: true, points: { show: (chart) => chart.data[0].length < 3 } },
      ],
      hooks: {
        draw: [
          (chart) => {
            const { ctx } = chart;
            ctx.save();
            ctx.strokeStyle = style.getPropertyValue('--warning');
            ctx.setLineDash([3, 3]);
            for (const { unixMs } of markTimes.current) {
              const x = chart.valToPos(unixMs / 1000, 'x', true);
              if (x < chart.bbox.left || x > chart.bbox.left + chart.bbox.width) continue;
              ctx.beginPath();
              ctx.moveTo(x, chart.bbox.top);
              ctx.lineTo(x, chart.bbox.top + chart.bbox.height);
              ctx.stroke();
            }
            ctx.restore();
          },
        ],
      },
    };
    plot.current = new uPlot(options, data, element);
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(data), [data]);
  const latest = values.findLast((value) => value !== null);
  return (
    <figure class="chart">
      <figcaption>
        {title} <strong>{latest === undefined || latest === null ? '–' : format(latest)}</strong>
      </figcaption>
      <div
        ref={place}
        role="img"
        aria-label={`${title}: ${latest === undefined || latest === null ? 'nothing measured yet' : `latest ${format(latest)}`}`}
      />
    </figure>
  );
}
