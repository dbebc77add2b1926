import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { count } from './format.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What the column is sorted by; without it the column cannot be sorted. */
  readonly order?: (row: Row) => string | number;
  readonly isNumber?: boolean;
  /** Never broken into lines: times, addresses, words. */
  readonly isShort?: boolean;
  /** Sentences or names, which need room next to a column with much text. */
  readonly isWide?: boolean;
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

/** Rows in the page at first, and with each press of the button: so many are quick to build and to lay out. */
const step = 100;

/** A table that sorts. On a narrow screen, each row becomes a card (style.css). */
export function Table<Row>({ label, columns, rows, empty, sort = -1, isDescending = false }: TableProps<Row>) {
  const [order, setOrder] = useState({ column: sort, isDescending });
  const [shown, setShown] = useState(step);
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
  const kinds = columns.map(({ isNumber, isShort, isWide }) =>
    isNumber ? 'number' : isShort ? 'short' : isWide ? 'wide' : '',
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column, i) => (
                <th
                  key={column.title}
                  scope="col"
                  class={kinds[i]}
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
            {sorted.slice(0, shown).map((row, i) => (
              <tr key={i}>
                {columns.map((column, k) => (
                  <td key={column.title} class={kinds[k]} data-title={column.title}>
                    <div>{column.cell(row)}</div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {sorted.length > shown ? (
        <p class="more">
          {count(shown)} of {count(sorted.length)} are listed.{' '}
          <button type="button" onClick={() => setShown(shown + 2 * step)}>
            List {count(Math.min(2 * step, sorted.length - shown))} more
          </button>
        </p>
      ) : null}
    </>
  );
}
