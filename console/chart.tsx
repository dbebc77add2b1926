import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { clockTime } from './format.ts';

interface ChartProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly format: (value: number) => string;
  readonly marks?: readonly { readonly unixMs: number; readonly kind: string }[];
  readonly height?: number;
}

/** Shortest time that a chart shows, seconds: the growth of the first minutes is not stretched. */
const minSpan = 300;
/** Distances between the times of an axis, seconds. */
const timeSteps = [60, 120, 300, 600, 900, 1800, 3600];

/** A line over time, with its latest value as text. */
export function Chart(props: ChartProps) {
  const { title, values, format } = props;
  const latest = values.findLast((value) => value !== null) ?? undefined;
  return (
    <figure class="chart">
      <figcaption>
        {title} <strong>{latest === undefined ? '–' : format(latest)}</strong>
      </figcaption>
      {latest === undefined ? (
        <p class="unmeasured" style={{ height: `${props.height ?? 90}px` }}>
          Nothing measured yet. pitot measures every 10 seconds.
        </p>
      ) : (
        <Plot {...props} label={`${title}: latest ${format(latest)}`} />
      )}
    </figure>
  );
}

function Plot({ label, times, values, format, marks = [], height = 90 }: ChartProps & { readonly label: string }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const markTimes = useRef(marks);
  markTimes.current = marks;
  const data = useMemo((): uPlot.AlignedData => [times.map((time) => time / 1000), [...values]], [times, values]);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const style = getComputedStyle(element);
    const faint = style.getPropertyValue('--faint');
    const axis = { stroke: faint, ticks: { show: false }, font: '11px system-ui' };
    const options: uPlot.Options = {
      ...{ width: element.clientWidth || 300, height },
      legend: { show: false },
      cursor: { y: false, points: { size: 5 } },
      scales: {
        x: { range: (_, min, max) => [Math.min(min, max - minSpan), max] },
        y: { range: (_, min, max) => [Math.min(0, min ?? 0), max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        {
          ...axis,
          ...{ grid: { show: false }, size: 18, incrs: timeSteps },
          values: (_, ticks) => ticks.map((seconds) => clockTime(seconds * 1000).slice(0, 5)),
        },
        {
          ...axis,
          ...{ grid: { stroke: style.getPropertyValue('--line'), width: 1 }, size: 56, space: 24 },
          values: (_, ticks) => ticks.map((value) => (value === 0 ? '0' : format(value))),
        },
      ],
      series: [
        {},
        {
          ...{ stroke: style.getPropertyValue('--accent'), width: 1.5, spanGaps: true },
          points: { show: (chart) => chart.data[0].length < 3 },
        },
      ],
      hooks: { draw: [(chart) => drawMarks(chart, markTimes.current, style.getPropertyValue('--warning'))] },
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
  return <div ref={place} role="img" aria-label={label} />;
}

function drawMarks(chart: uPlot, marks: readonly { readonly unixMs: number }[], color: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.setLineDash([3, 3]);
  for (const { unixMs } of marks) {
    const x = chart.valToPos(unixMs / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
