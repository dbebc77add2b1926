import type { AnyValue, Attributes, KeyValue } from '#pdata/attributes.ts';

/** The attributes of a resource while others are added. */
export class AttributeAdder {
  #entries: KeyValue[] | undefined;
  readonly #original: readonly KeyValue[];

  constructor({ entries }: Attributes) {
    this.#original = entries;
  }

  get entries(): readonly KeyValue[] {
    return this.#entries ?? this.#original;
  }

  get(key: string): AnyValue {
    return this.entries.find((entry) => entry.key === key)?.value;
  }

  /** Returns a text attribute, or `''`. */
  text(key: string): string {
    const value = this.get(key);
    return typeof value === 'string' ? value : '';
  }

  /** Adds an attribute, or replaces one without content. */
  set(key: string, value: string): void {
    const index = this.entries.findIndex((entry) => entry.key === key);
    if (index === -1) this.add(key, value);
    else if (isEmpty(this.entries[index]!.value)) this.#changed()[index] = { key, value };
  }

  /** Adds an attribute unless it exists. */
  add(key: string, value: AnyValue): void {
    if (!this.entries.some((entry) => entry.key === key)) this.#changed().push({ key, value });
  }

  #changed(): KeyValue[] {
    this.#entries ??= [...this.#original];
    return this.#entries;
  }
}

function isEmpty(value: AnyValue): boolean {
  return value === undefined || value === '' || (value instanceof Uint8Array && value.length === 0);
}
