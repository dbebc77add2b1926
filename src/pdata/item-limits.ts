/**
 * Limits on the parts of a data point, span, or log record, and on its metric, scope, and resource. 0 disables a limit.
 */
export interface ItemLimits {
  /** Bytes of one text in UTF-8 (a name, description, unit, URL, key), or of one encoded attribute value. */
  readonly maxTextBytes: number;
  /** Attributes of one resource, scope, item, exemplar, event, or link. */
  readonly maxAttributes: number;
  /** Elements of one list: bounds, bucket counts, quantiles, exemplars, events, links. */
  readonly maxListLength: number;
  /** Encoded bytes of one item, resource, scope, or metric descriptor. */
  readonly maxItemBytes: number;
}

/** Far above the sizes that SDKs send, and far below sizes that block a process. */
export const defaultItemLimits: ItemLimits = {
  maxTextBytes: 64 * 1024,
  maxAttributes: 1_000,
  maxListLength: 10_000,
  maxItemBytes: 1024 * 1024,
};

/** No limits except those of a whole request. */
export const noItemLimits: ItemLimits = { maxTextBytes: 0, maxAttributes: 0, maxListLength: 0, maxItemBytes: 0 };

/** Limit that an item exceeds: the label `reason` of `pitot_receiver_dropped_…`. */
export type OverLimitReason = 'text_too_long' | 'too_many_attributes' | 'list_too_long' | 'item_too_large';

/**
 * Called for items that a decoder drops because they, or their metric, scope, or resource, exceed a limit. `subject` is
 * the name of the metric or span, if known.
 */
export type OnOverLimit = (reason: OverLimitReason, items: number, subject: string) => void;

/**
 * Thrown by the decoders of parts when a limit is exceeded, and caught at the end of the item. There is one object per
 * reason, without a stack trace: dropping an item must not cost more than decoding it.
 */
export class OverLimit {
  readonly reason: OverLimitReason;

  constructor(reason: OverLimitReason) {
    this.reason = reason;
  }
}

export const textTooLong = new OverLimit('text_too_long');
export const tooManyAttributes = new OverLimit('too_many_attributes');
export const listTooLong = new OverLimit('list_too_long');
export const itemTooLarge = new OverLimit('item_too_large');
