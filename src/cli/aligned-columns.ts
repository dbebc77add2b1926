import { printable } from '#text/printable.ts';

/** Lines of a table. Columns that contain only numbers are aligned to the right. Cells contain no control characters. */
export function alignedColumns(
  rows: readonly (readonly string[])[],
  { head }: { head?: readonly string[] } = {},
): string {
  const cells = [...(head ? [head] : []), ...rows].map((row) => row.map((cell) => printable(cell)));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumeric = widths.map((_, column) =>
    rows.every((row) => /^(?:–|[-+]?[\d.,]+[ %A-Za-z]{0,4})?$/.test(row[column] ?? '')),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => (isNumeric[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Formats a duration such as `3 s`, `12 min`, `5 h`, or `3 d`. */
export function briefDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
