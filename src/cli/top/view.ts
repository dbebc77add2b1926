import { type TableName, tableNames } from './tables.ts';

/** What a person has chosen to see. */
export interface View {
  readonly table: TableName;
  readonly filter: string;
  /** Whether keys change the filter. */
  readonly isTyping: boolean;
  /** Index of the sorted column; undefined: that of the table. */
  readonly column: number | undefined;
  readonly isReversed: boolean;
  /** Index of the selected row. */
  readonly selected: number;
  readonly isPaused: boolean;
}

export const firstView: View = {
  table: 'clients',
  filter: '',
  isTyping: false,
  column: undefined,
  isReversed: false,
  selected: 0,
  isPaused: false,
};

/** Facts about the screen that a key depends on. */
export interface Shown {
  readonly rows: number;
  /** Number of rows that fit on the screen. */
  readonly height: number;
  readonly columns: number;
  readonly sortedBy: number;
  /** Filter for the series of the selected row; empty if there is none. */
  readonly series: string;
}

const maxFilter = 200;

/** Splits what a terminal sends into keys: characters and escape sequences. */
export function keysIn(input: string): string[] {
  return input.match(/\u001b\[[0-9;]*[A-Za-z~]|\u001bO[A-Z]|\u001b|[^\u001b]/gsu) ?? [];
}

/** Returns the view after a key; undefined if the key ends the program. */
export function afterKey(view: View, key: string, shown: Shown): View | undefined {
  if (key === '\u0003') return undefined;
  if (view.isTyping) return afterTyping(view, key);
  const select = (index: number): View => ({
    ...view,
    selected: Math.max(0, Math.min(shown.rows - 1, index)),
  });
  const sort = (step: number): View => ({
    ...view,
    column: ((view.column ?? shown.sortedBy) + step + shown.columns) % shown.columns,
    isReversed: false,
    selected: 0,
  });
  switch (key) {
    case 'q':
    case '\u0004':
      return undefined;
    case '\u001b':
      return { ...view, filter: '', selected: 0 };
    case '\t':
      return inTable(view, tableNames[(tableNames.indexOf(view.table) + 1) % tableNames.length]!);
    case 's':
    case '\u001b[C':
      return sort(1);
    case 'S':
    case '\u001b[D':
      return sort(-1);
    case 'r':
      return { ...view, isReversed: !view.isReversed, selected: 0 };
    case '/':
      return { ...view, isTyping: true };
    case ' ':
    case 'p':
      return { ...view, isPaused: !view.isPaused };
    case 'j':
    case '\u001b[B':
      return select(view.selected + 1);
    case 'k':
    case '\u001b[A':
      return select(view.selected - 1);
    case '\u001b[6~':
      return select(view.selected + shown.height);
    case '\u001b[5~':
      return select(view.selected - shown.height);
    case 'g':
    case '\u001b[H':
      return select(0);
    case 'G':
    case '\u001b[F':
      return select(shown.rows - 1);
    case '\r':
      return shown.series === '' ? view : { ...inTable(view, 'series'), filter: shown.series };
    default: {
      const name = tableNames[Number(key) - 1];
      return name === undefined ? view : inTable(view, name);
    }
  }
}

function inTable(view: View, table: TableName): View {
  // Series are only read for their table.
  const isPaused = view.isPaused && table !== 'series';
  return { ...view, table, isPaused, filter: '', column: undefined, isReversed: false, selected: 0 };
}

function afterTyping(view: View, key: string): View {
  if (key === '\r') return { ...view, isTyping: false };
  if (key === '\u001b') return { ...view, isTyping: false, filter: '', selected: 0 };
  if (key === '\u007f' || key === '\b') return { ...view, filter: [...view.filter].slice(0, -1).join(''), selected: 0 };
  if (key === '\u0015') return { ...view, filter: '', selected: 0 };
  const isText = !/^[\p{Cc}\u001b]/u.test(key) && view.filter.length < maxFilter;
  return isText ? { ...view, filter: view.filter + key, selected: 0 } : view;
}
