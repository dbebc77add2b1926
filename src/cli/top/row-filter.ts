import type { Row, Table } from './tables.ts';

type Condition = (row: Row) => boolean;

/**
 * Returns whether rows match a filter: they contain all its words, and satisfy its comparisons. `points/s>10` compares a column whose title
 * begins so; `>10` compares the sorted column.
 */
export function rowFilter(filter: string, titles: Table['titles'], sortedColumn: number): Condition {
  const conditions = filter
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => comparison(word, titles, sortedColumn) ?? containing(word));
  return (row) => conditions.every((isTrue) => isTrue(row));
}

/** The words of a filter without its comparisons, for a search by pitot itself. */
export function wordsOf(filter: string, titles: Table['titles']): string {
  return filter
    .split(/\s+/)
    .filter((word) => word !== '' && comparison(word.toLowerCase(), titles, 0) === undefined)
    .join(' ');
}

const containing =
  (word: string): Condition =>
  ({ cells }) =>
    cells
      .map(({ text }) => text.toLowerCase())
      .join(' ')
      .includes(word);

function comparison(word: string, titles: Table['titles'], sortedColumn: number): Condition | undefined {
  const [, title, operator, digits] = /^([^<>=]*)([<>]=?)(\d[\d,.]*)$/.exec(word) ?? [];
  if (operator === undefined) return undefined;
  const column = title === '' ? sortedColumn : titles.findIndex((each) => each.toLowerCase().startsWith(title!));
  if (column < 0) return undefined;
  const limit = Number(digits!.replaceAll(',', ''));
  const compare = {
    '>': (value: number) => value > limit,
    '>=': (value: number) => value >= limit,
    '<': (value: number) => value < limit,
    '<=': (value: number) => value <= limit,
  }[operator]!;
  return ({ cells }) => {
    const { key } = cells[column]!;
    return typeof key === 'number' && compare(key);
  };
}
