/** A step on the path of a metric, and whether a metric passes it. */
export interface Step {
  /** Such as `Port`. */
  readonly name: string;
  /** `skipped`: nothing is known about it here, and the text says how to find out. */
  readonly result: 'yes' | 'no' | 'skipped';
  /** What was found. */
  readonly text: string;
  /** What makes it pass; only with `no`, and for some that are skipped. */
  readonly remedy?: string;
}

export const yes = (name: string, text: string): Step => ({ name, result: 'yes', text });
export const no = (name: string, text: string, remedy: string): Step => ({ name, result: 'no', text, remedy });
export const skipped = (name: string, text: string, remedy?: string): Step => ({
  ...{ name, result: 'skipped', text },
  ...(remedy !== undefined && { remedy }),
});
