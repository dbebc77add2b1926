import { hashText } from '#bytes/hash-text.ts';
import { toByteString } from '#bytes/utf8.ts';
import type { KeyValue } from '#pdata/attributes.ts';
import type { ByteString } from '../metric-family.ts';
import { isLabelName } from '../naming/label-namer.ts';

/**
 * Maps the attributes with certain keys to labels, in combination with the labels that the exporter sets. Created once
 * per set of keys; a label set then only adds the values.
 */
export interface LabelShape {
  /** Attribute keys, sorted. Distinguishes the shapes of a scheme. */
  readonly key: string;
  /** Hash of `key`, used as the seed of value hashes. */
  readonly seed: number;
  /** Label names, sorted bytewise. */
  readonly names: readonly ByteString[];
  /** Source of the value of each label. */
  readonly sources: readonly LabelSource[];
  /**
   * For each attribute in sorted order, the index of the label that has exactly its value. Undefined if an attribute
   * has no such label.
   */
  readonly positions: readonly number[] | undefined;
  /** Number of attributes that cannot be labels because their key is empty. */
  readonly omitted: number;
  /** Whether all label names are valid. Series with an invalid name are not shown. */
  readonly hasValidNames: boolean;
}

/**
 * Source of a label value: the attribute at a sorted position; for a negative number, the constant `~n`; for several
 * positions, these attributes joined with `;`.
 */
type LabelSource = number | readonly number[];

/** A shape in combination with one arrival order of keys. */
export interface LabelLayout {
  readonly keys: readonly string[];
  /** Maps sorted positions to arrival positions. */
  readonly order: readonly number[];
  /** Whether a key occurs twice. Equal keys are ordered by their values. */
  readonly repeats: boolean;
  readonly shape: LabelShape;
}

/**
 * Maximum number of layouts that a scheme keeps. Above it, the oldest half is discarded; a discarded layout is created
 * again when needed.
 */
const maxLayouts = 2_000;

/**
 * Labels that the exporter sets (scope, job, instance, constants) and names that it reserves, for all series of a scope
 * and kind. Creates the shapes of attribute keys. An attribute with the name of such a label becomes `exported_…`, and
 * attributes with the same label name are joined in the order of their keys (docs/compatibility.md).
 */
export class LabelScheme {
  readonly #constants: readonly ByteString[];
  readonly #taken: ReadonlySet<ByteString>;
  readonly #labelName: (key: string) => string | undefined;
  readonly #layouts = new Map<string, LabelLayout>();
  readonly #shapes = new Map<string, LabelShape>();
  #latest: LabelLayout | undefined;

  /**
   * `constants`: unique names of the labels that the exporter sets, in the order of the values passed with each label
   * set. `reserved`: further names that no attribute may have (`le`, `quantile`).
   */
  constructor(options: {
    readonly constants: readonly ByteString[];
    readonly reserved: readonly ByteString[];
    readonly labelName: (key: string) => string | undefined;
  }) {
    this.#constants = options.constants;
    this.#taken = new Set([...options.constants, ...options.reserved]);
    this.#labelName = options.labelName;
  }

  layoutOf(entries: readonly KeyValue[]): LabelLayout {
    const latest = this.#latest;
    if (latest !== undefined && hasKeys(latest.keys, entries)) return latest;
    const keys = entries.map((entry) => entry.key);
    const arrival = JSON.stringify(keys);
    let layout = this.#layouts.get(arrival);
    if (layout === undefined) {
      layout = this.#createLayout(keys);
      forgetHalf(this.#layouts, maxLayouts);
      this.#layouts.set(arrival, layout);
    }
    this.#latest = layout;
    return layout;
  }

  #createLayout(keys: readonly string[]): LabelLayout {
    const bytes = keys.map(toByteString);
    const order = keys.map((_, i) => i).sort((a, b) => compareBytes(bytes[a]!, bytes[b]!));
    const sorted = order.map((i) => keys[i]!);
    const key = JSON.stringify(sorted);
    let shape = this.#shapes.get(key);
    if (shape === undefined) {
      shape = this.#createShape(sorted, key);
      forgetHalf(this.#shapes, maxLayouts);
      this.#shapes.set(key, shape);
    }
    return { keys, order, repeats: new Set(keys).size < keys.length, shape };
  }

  #createShape(sortedKeys: readonly string[], key: string): LabelShape {
    const attributesOf = new Map<ByteString, number[]>();
    let omitted = 0;
    let hasValidNames = true;
    sortedKeys.forEach((attributeKey, i) => {
      const name = this.#labelName(attributeKey);
      if (name === undefined) {
        omitted += 1;
        return;
      }
      hasValidNames &&= isLabelName(name);
      const free = this.#freeName(toByteString(name));
      const joined = attributesOf.get(free);
      if (joined === undefined) attributesOf.set(free, [i]);
      else joined.push(i);
    });
    const labels: [ByteString, LabelSource][] = [
      ...[...attributesOf].map(([name, attributes]): [ByteString, LabelSource] => [
        name,
        attributes.length === 1 ? attributes[0]! : attributes,
      ]),
      ...this.#constants.map((name, constant): [ByteString, LabelSource] => [name, ~constant]),
    ];
    labels.sort(([a], [b]) => compareBytes(a, b));
    const sources = labels.map(([, source]) => source);
    return {
      key,
      seed: hashText(key, processSeed),
      names: labels.map(([name]) => name),
      sources,
      positions: positionsOf(sources, sortedKeys.length),
      omitted,
      hasValidNames,
    };
  }

  #freeName(name: ByteString): ByteString {
    let free = name;
    while (this.#taken.has(free)) free = `exported_${free}`;
    return free;
  }
}

/** Random per process, so that clients cannot choose texts that collide in a hash table. */
const processSeed = (Math.random() * 2 ** 32) | 0;

/** Compares byte strings. */
export function compareBytes(a: ByteString, b: ByteString): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hasKeys(keys: readonly string[], entries: readonly KeyValue[]): boolean {
  if (keys.length !== entries.length) return false;
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== entries[i]!.key) return false;
  }
  return true;
}

function positionsOf(sources: readonly LabelSource[], count: number): number[] | undefined {
  const positions = new Array<number>(count).fill(-1);
  sources.forEach((source, label) => {
    if (typeof source === 'number' && source >= 0) positions[source] = label;
  });
  return positions.includes(-1) ? undefined : positions;
}

function forgetHalf(map: Map<string, unknown>, limit: number): void {
  if (map.size < limit) return;
  let surplus = limit / 2;
  for (const key of map.keys()) {
    if (surplus-- <= 0) break;
    map.delete(key);
  }
}
