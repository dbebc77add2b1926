type Line = { readonly kind: 'same' | 'added' | 'removed'; readonly line: string };

/** Number of unchanged lines around a change. */
const context = 3;
/** Maximum number of lines for which the shortest difference is computed. */
const maxLines = 1_000;

/** Returns the changes from one text to another, with some unchanged lines around each. */
export function diffLines(before: readonly string[], after: readonly string[]): Line[] {
  const start = commonPrefix(before, after);
  const end = commonSuffix(before.slice(start), after.slice(start));
  const middle = compare(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const lines = [
    ...before.slice(0, start).map((line): Line => ({ kind: 'same', line })),
    ...middle,
    ...before.slice(before.length - end).map((line): Line => ({ kind: 'same', line })),
  ];
  return lines.filter((_, i) =>
    lines.slice(Math.max(0, i - context), i + context + 1).some(({ kind }) => kind !== 'same'),
  );
}

function commonPrefix(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function commonSuffix(a: readonly string[], b: readonly string[]): number {
  return commonPrefix(a.toReversed(), b.toReversed());
}

/** Compares by the longest common subsequence. */
function compare(a: readonly string[], b: readonly string[]): Line[] {
  if (a.length * b.length > maxLines * maxLines) {
    return [...a.map((line): Line => ({ kind: 'removed', line })), ...b.map((line): Line => ({ kind: 'added', line }))];
  }
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', line: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) {
      lines.push({ kind: 'removed', line: a[i++]! });
    } else {
      lines.push({ kind: 'added', line: b[j++]! });
    }
  }
  return lines;
}
