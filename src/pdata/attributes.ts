/**
 * The value of an attribute, as a plain JavaScript value whose type tells the OTLP kind apart:
 * string → `string`, bool → `boolean`, int → `bigint`, double → `number`, bytes → `Uint8Array`,
 * array → {@link ArrayValue}, key-value list → {@link KeyValueList}, no value → `undefined`.
 *
 * Text that is not valid UTF-8 is kept without loss: each bad byte 0xNN becomes the lone surrogate U+DCNN, which
 * valid UTF-8 can never yield. `isWellFormed()` therefore tells valid text, and `utf8.ts` writes the bytes back.
 */
export type AnyValue = string | boolean | bigint | number | Uint8Array | ArrayValue | KeyValueList | undefined;

/** An OTLP array of values. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly values: readonly AnyValue[];
}

/** An OTLP list of keys and values, in the order in which it arrived; keys may repeat. */
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
 * The attributes of a resource, scope, data point or exemplar: immutable, in the order in which they arrived (keys may repeat),
 * and shared by everything that carries the same bytes. The same object always means the same content, so it may be used
 * as a key by reference; two objects may still mean the same set (another order or encoding).
 */
export interface Attributes {
  readonly entries: readonly KeyValue[];
  /**
   * What a consumer found for this object last, kept here to be found without a lookup. No part of the content: whoever reads it
   * checks that it is its own.
   */
  note?: object | undefined;
}

/** The attributes of everything that has none. */
export const noAttributes: Attributes = { entries: [], note: undefined };
