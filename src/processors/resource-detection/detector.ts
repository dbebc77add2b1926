import type { AnyValue, KeyValue } from '#pdata/attributes.ts';

/** Attributes that a detector found, and the schema URL of their names (empty if they have none). */
export interface Detected {
  readonly attributes: readonly KeyValue[];
  readonly schemaUrl: string;
}

/**
 * Detects attributes of the environment in which pitot runs. Returns no attributes if the environment is another one.
 * @throws Error if the detection fails
 */
export type Detector = (deadline: AbortSignal) => Detected | Promise<Detected>;

/** Schema of the names that contrib 0.165 uses. */
const schemaUrl = 'https://opentelemetry.io/schemas/1.43.0';

export const nothingDetected: Detected = { attributes: [], schemaUrl: '' };

/** Collects the attributes that the configuration enables, in the order in which a detector sets them. */
export class AttributeCollector {
  readonly #isEnabled: (key: string) => boolean;
  readonly #attributes: KeyValue[] = [];

  constructor(isEnabled: (key: string) => boolean) {
    this.#isEnabled = isEnabled;
  }

  /** Adds an attribute unless its value is undefined or the attribute is disabled. */
  set(key: string, value: AnyValue): void {
    if (value !== undefined && this.#isEnabled(key)) this.#attributes.push({ key, value });
  }

  get detected(): Detected {
    return { attributes: this.#attributes, schemaUrl };
  }
}

/** Returns an array value of texts. */
export function texts(values: readonly string[]): AnyValue {
  return { kind: 'array', values };
}
