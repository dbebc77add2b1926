/** A setting that applies to the metrics whose names match. */
interface NamedSetting<Value> {
  readonly metrics: readonly string[];
  readonly value: Value;
}

/** Finds the first setting whose patterns match a metric: by its name on `/metrics`, or in OTLP. */
export class MetricSettings<Value> {
  readonly #settings: readonly { readonly patterns: readonly RegExp[]; readonly value: Value }[];

  constructor(settings: readonly NamedSetting<Value>[]) {
    this.#settings = settings.map(({ metrics, value }) => ({ patterns: metrics.map(patternOf), value }));
  }

  get isEmpty(): boolean {
    return this.#settings.length === 0;
  }

  find(...names: readonly string[]): Value | undefined {
    const isMatch = (pattern: RegExp) => names.some((name) => pattern.test(name));
    return this.#settings.find(({ patterns }) => patterns.some(isMatch))?.value;
  }
}

/** `*` matches any text, `?` one character. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}
