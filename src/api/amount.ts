const singular: Readonly<Record<string, string>> = { entries: 'entry', processes: 'process', series: 'series' };

/** Formats a number with its unit, which is a plural noun: `1 request`, `12 requests`. `format` formats the number. */
export function amount(count: number, unit: string, format: (count: number) => string = String): string {
  return `${format(count)} ${count === 1 ? (singular[unit] ?? unit.replace(/s$/, '')) : unit}`;
}
