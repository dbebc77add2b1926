/** `1,234,567`, `12.3`, `0.05`, `0.00042`; a dash for nothing. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 0.01) return String(Number(value.toPrecision(2)));
  const isWhole = Number.isInteger(value);
  const digits = isWhole ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

/** The value of a series. JSON has no NaN and no infinite numbers: they arrive as null. */
export function seriesValue(value: number | null): string {
  return value === null ? 'NaN or ±Inf' : count(value);
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB'];
  let index = 0;
  let rest = value;
  while (rest >= 1000 && index < units.length - 1) {
    rest /= 1000;
    index += 1;
  }
  return `${index === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${units[index]}`;
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (value === 0) return '0 ms';
  if (value < 1) return `${value.toFixed(2)} ms`;
  if (value < 1000) return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
  if (value < 120_000) return `${(value / 1000).toFixed(1).replace('.0', '')} s`;
  return value < 7_200_000 ? `${Math.round(value / 60_000)} min` : `${(value / 3_600_000).toFixed(1)} h`;
}

/** `12 s ago` */
export function ago(unixMs: number | null | undefined, nowMs: number): string {
  if (!unixMs) return 'never';
  const seconds = Math.max(0, Math.round((nowMs - unixMs) / 1000));
  if (seconds < 1) return 'now';
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h ago` : `${Math.round(seconds / 86_400)} d ago`;
}

export function exact(unixMs: number | null | undefined): string {
  return unixMs
    ? new Date(unixMs)
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC')
    : '';
}

/** `14:05:09`, in the time zone of the browser. */
export function clockTime(unixMs: number): string {
  const time = new Date(unixMs);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
