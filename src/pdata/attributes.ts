/**
 * Value of an attribute as a plain JavaScript value. Its type corresponds to the OTLP kind: string → `string`, bool →
 * `boolean`, int → `bigint`, double → `number`, bytes → `Uint8Array`, array → {@link ArrayValue}, key-value list →
 * {@link KeyValueList}, no value → `undefined`.
 *
 * Text that is not valid UTF-8 is preserved: each invalid byte 0xNN becomes the lone surrogate U+DCNN, which valid
 * UTF-8 can never produce. `isWellFormed()` therefore detects valid text, and `utf8.ts` restores the bytes.
 */
export type AnyValue = string | boolean | bigint | number | Uint8Array | ArrayValue | KeyValueList | undefined;

/** An OTLP array of values. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly values: readonly AnyValue[];
}

/** An OTLP list of keys and values in order of arrival. Keys can repeat. */
export interface KeyValueList {
  readonly kind: 'kvlist';
  readonly entries: readonly KeyValue[];
}

/** One attribute. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

/**
 * Attributes of a resource, scope, data point, or exemplar. Immutable, in order of arrival (keys can repeat), and
 * shared by everything with the same bytes. The same object always means the same content, so it can be used as a map
 * key. Two different objects can represent the same set, in another order or encoding.
 */
export interface Attributes {
  readonly entries: readonly KeyValue[];
  /**
   * Cache slot for the consumer that used this object last, to avoid a lookup. It is not part of the content: a reader
   * must check that the note is its own.
   */
  note?: object | undefined;
  /** Encoded size, only of a set with long texts: whoever works in slices counts it. It is not part of the content. */
  bytes?: number;
}

/** The empty set of attributes. */
export const noAttributes: Attributes = { entries: [], note: undefined };
