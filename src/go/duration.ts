/** Milliseconds per unit of Go's duration text. There are two characters for the first letter of `µs`. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A text that is not a duration. The message is Go's, without the text itself. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

/**
 * Parses Go's duration text (`300ms`, `1h2m3.5s`, `-5m`, `0`) to milliseconds.
 * @throws DurationError `time: invalid duration`, `time: missing unit in duration`, or `time: unknown unit`
 */
export function parseDuration(text: string): number {
  let rest = text;
  const negative = rest.startsWith('-');
  if (negative || rest.startsWith('+')) rest = rest.slice(1);
  if (rest === '0') return 0;
  if (rest === '') throw new DurationError('time: invalid duration');
  let total = 0;
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest);
    if (!number) throw new DurationError('time: invalid duration');
    rest = rest.slice(number[0].length);
    const unit = /^[^0-9.]*/.exec(rest)![0];
    if (unit === '') throw new DurationError('time: missing unit in duration');
    const scale = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (scale === undefined) throw new DurationError('time: unknown unit');
    total += Number(number[0]) * scale;
    rest = rest.slice(unit.length);
  }
  // Go counts nanoseconds in 64 bits.
  if (total > Number(2n ** 63n) / 1e6) throw new DurationError('time: invalid duration');
  return negative ? -total : total;
}

/** Formats milliseconds as Go's duration text: `5m0s`, `1.5s`, `200ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const negative = milliseconds < 0;
  const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6);
  if (nanoseconds === 0) return '0s';
  const sign = negative ? '-' : '';
  if (nanoseconds < 1000) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${sign}${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1e9) return `${sign}${decimal(nanoseconds, 6)}ms`;
  const minutes = Math.floor(nanoseconds / 60e9);
  const seconds = `${decimal(nanoseconds - minutes * 60e9, 9)}s`;
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${sign}${minutes}m${seconds}` : `${sign}${hours}h${minutes % 60}m${seconds}`;
}

/** Returns `value` / 10^`places` exactly, without trailing zeros. */
function decimal(value: number, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}
