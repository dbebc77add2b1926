/** A step on the path of a metric, and whether a metric passes it. */
export interface Step {
  /** Such as `Port`. */
  readonly name: string;
  /** `skipped` if nothing is known, and the text says how to find out. */
  readonly result: 'yes' | 'no' | 'skipped';
  /** Result of the step. */
  readonly text: string;
  /** Action that corrects it. Only with `no`, and for some skipped steps. */
  readonly remedy?: string;
}

export const yes = (name: string, text: string): Step => ({ name, result: 'yes', text });
export const no = (name: string, text: string, remedy: string): Step => ({ name, result: 'no', text, remedy });
export const skipped = (name: string, text: string, remedy?: string): Step => ({
  ...{ name, result: 'skipped', text },
  ...(remedy !== undefined && { remedy }),
});
