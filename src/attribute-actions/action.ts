import type { RE2JS } from 're2js';
import type { AnyValue } from '#pdata/attributes.ts';

/** An entry of `actions` as configured. Missing texts are empty, and missing values undefined. */
export interface ActionSettings {
  readonly key: string;
  /** In any case (upper or lower); see {@link AttributeAction}. */
  readonly action: string;
  readonly value: AnyValue;
  readonly defaultValue: AnyValue;
  readonly fromAttribute: string;
  readonly fromContext: string;
  readonly pattern: string;
  readonly convertedType: string;
}

/** Sources of the value for insert, update, and upsert. The first that has a value is used. */
export interface ValueSource {
  readonly value: AnyValue;
  readonly fromContext: string;
  readonly fromAttribute: string;
  readonly defaultValue: AnyValue;
}

export type ConvertedType = 'string' | 'int' | 'double';

/** Validated action. See docs/reference/collector-behaviour.md#attributes-processor for the effect of each. */
export type AttributeAction =
  | { readonly action: 'insert' | 'update' | 'upsert'; readonly key: string; readonly source: ValueSource }
  | { readonly action: 'delete' | 'hash'; readonly key: string; readonly pattern: RE2JS | undefined }
  | { readonly action: 'extract'; readonly key: string; readonly pattern: RE2JS; readonly groups: readonly string[] }
  | { readonly action: 'convert'; readonly key: string; readonly to: ConvertedType };
