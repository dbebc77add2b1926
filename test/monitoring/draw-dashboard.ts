import type { DashboardJson, PanelJson } from './panel-queries.ts';
import type { Line } from './replay/replayed-tsdb.ts';

// Grafana's grid has 24 columns, rows of 30 pixels, and gaps of 8 pixels.
const columnWidth = 60;
const rowHeight = 38;
const palette = [
  '#73bf69',
  '#f2cc0c',
  '#5794f2',
  '#ff9830',
  '#f2495c',
  '#b877d9',
  '#8ab8ff',
  '#96d98d',
  '#ffcb7d',
  '#ca95e5',
];

interface Named {
  readonly name: string;
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** Draws a dashboard from the results of its queries. @returns an SVG document */
export async function drawDashboard(
  dashboard: DashboardJson,
  query: (expr: string) => Promise<Line[]>,
): Promise<string> {
  const parts: string[] = [];
  let bottom = 0;
  for (const panel of dashboard.panels) {
    const { x, y, w, h } = panel.gridPos;
    bottom = Math.max(bottom, (y + h) * rowHeight);
    const lines: Named[] = [];
    for (const { expr, legendFormat } of panel.targets ?? []) {
      for (const { metric, values = [] } of await query(expr)) {
        lines.push({
          name: legend(legendFormat, metric),
          points: values.map(([time, value]) => [time, Number(value)]),
        });
      }
    }
    const size = { width: w * columnWidth - 8, height: h * rowHeight - 8 };
    parts.push(
      `<g transform="translate(${x * columnWidth + 4} ${y * rowHeight + 4})">${drawPanel(panel, lines, size)}</g>`,
    );
  }
  const width = 24 * columnWidth;
  const style =
    'text{font:12px sans-serif;fill:#ccccdc}.title{font-weight:bold}.big{font-size:34px}.axis{fill:#8e8e9a;font-size:10px}';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom}"><style>${style}</style><rect width="${width}" height="${bottom}" fill="#111217"/>${parts.join('')}</svg>\n`;
}

/** Returns the name of a line in Grafana: the format with values for `{{label}}`, or all labels if there is no format. */
function legend(format: string, metric: Readonly<Record<string, string>>): string {
  if (format !== '') return format.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '').trim();
  return Object.entries(metric)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function drawPanel(panel: PanelJson, lines: readonly Named[], size: Size): string {
  if (panel.type === 'row') return text(4, 20, `▾ ${panel.title}`, 'title');
  const frame = `<rect width="${size.width}" height="${size.height}" fill="#181b1f" stroke="#2c3235"/>${text(8, 18, panel.title, 'title')}`;
  const unit = panel.fieldConfig?.defaults.unit ?? 'short';
  if (lines.length === 0) return frame + text(size.width / 2 - 24, size.height / 2, 'No data');
  switch (panel.type) {
    case 'timeseries':
      return frame + drawLines(lines, unit, size);
    case 'stat':
      return frame + drawNumber(panel, lines, unit, size);
    default:
      return frame + drawList(lines, unit, size);
  }
}

function drawLines(lines: readonly Named[], unit: string, { width, height }: Size): string {
  const all = lines.flatMap(({ points }) => points.filter(([, value]) => Number.isFinite(value)));
  const times = all.map(([time]) => time);
  const highest = Math.max(...all.map(([, value]) => value));
  const [from, to, top] = [Math.min(...times), Math.max(...times), highest > 0 ? highest * 1.1 : 1];
  const lowest = Math.min(0, ...all.map(([, value]) => value));
  const area = { left: 60, right: width - 10, top: 30, bottom: height - 34 };
  const x = (time: number) => area.left + ((time - from) / Math.max(1, to - from)) * (area.right - area.left);
  const y = (value: number) => area.bottom - ((value - lowest) / (top - lowest)) * (area.bottom - area.top);
  const grid = [lowest, (lowest + top) / 2, top].map(
    (value) =>
      `<line x1="${area.left}" x2="${area.right}" y1="${y(value)}" y2="${y(value)}" stroke="#2c3235"/>${text(4, y(value) + 4, shown(value, unit), 'axis')}`,
  );
  const paths = lines.map(({ points }, index) => {
    const finite = points.filter(([, value]) => Number.isFinite(value));
    return `<polyline fill="none" stroke="${color(index)}" stroke-width="1.5" points="${finite.map(([time, value]) => `${x(time).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`;
  });
  let at = 8;
  const names = lines.map(({ name }, index) => {
    const mark = `<rect x="${at}" y="${height - 20}" width="10" height="3" fill="${color(index)}"/>${text(at + 14, height - 14, name)}`;
    at += 30 + name.length * 6.5;
    return at > width + 100 ? '' : mark;
  });
  return [...grid, ...paths, ...names].join('');
}

function drawNumber(panel: PanelJson, [line]: readonly Named[], unit: string, { width, height }: Size): string {
  const value = line!.points.findLast(([, each]) => Number.isFinite(each))?.[1] ?? Number.NaN;
  const steps = panel.fieldConfig?.defaults.thresholds.steps ?? [];
  const fill =
    steps.findLast((step) => step.value === null || value >= step.value)?.color === 'red' ? '#f2495c' : '#73bf69';
  return `<text class="big" style="fill:${fill}" text-anchor="middle" x="${width / 2}" y="${height / 2 + 20}">${escaped(shown(value, unit))}</text>`;
}

function drawList(lines: readonly Named[], unit: string, { width, height }: Size): string {
  const rows = lines.slice(0, Math.floor((height - 34) / 20));
  return rows
    .map(({ name, points }, index) => {
      const value = points.at(-1)?.[1] ?? Number.NaN;
      return text(8, 42 + index * 20, name) + text(width - 70, 42 + index * 20, shown(value, unit));
    })
    .join('');
}

/** Formats a value with a Grafana unit, as short as in Grafana. */
function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return '-';
  if (unit === 'percentunit') return `${(value * 100).toFixed(1)}%`;
  const [suffixes, base] =
    unit === 'bytes' || unit === 'Bps' ? [['B', 'KiB', 'MiB', 'GiB'], 1024] : [['', 'K', 'M', 'G'], 1000];
  let power = 0;
  let scaled = value;
  if (unit !== 's' && unit !== 'ms') for (; Math.abs(scaled) >= base && power < 3; power++) scaled /= base;
  return `${Number(scaled.toPrecision(3))}${unit === 's' || unit === 'ms' ? ` ${unit}` : suffixes[power]}${unit === 'Bps' ? '/s' : ''}`;
}

const color = (index: number): string => palette[index % palette.length]!;
const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const text = (x: number, y: number, content: string, kind = ''): string =>
  `<text class="${kind}" x="${x}" y="${y}">${escaped(content)}</text>`;
