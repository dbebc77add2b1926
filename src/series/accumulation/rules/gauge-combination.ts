export const gaugeCombinations = ['last', 'sum', 'max', 'min'] as const;
/** Combination of the values of several processes into one gauge. */
export type GaugeCombination = (typeof gaugeCombinations)[number];

/** `values` must not be empty. */
export function combined(combination: GaugeCombination, values: readonly number[]): number {
  switch (combination) {
    case 'sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'max':
      return values.reduce((max, value) => Math.max(max, value));
    case 'min':
      return values.reduce((min, value) => Math.min(min, value));
    case 'last':
      return values.at(-1) as number;
  }
}
