import type { Slices } from '#flow/slices.ts';
import { sortInSlices } from '#flow/sort-in-slices.ts';
import { compareBytes } from '#prometheus/from-otlp/label-shape.ts';
import type { ByteString, MetricType } from '#prometheus/metric-family.ts';
import type { Family, FamilyVariant } from './family.ts';
import type { DropReason } from './outcome.ts';

/** All families of one name. */
export interface NamedFamilies {
  readonly name: ByteString;
  readonly families: readonly Family[];
  readonly variants: readonly FamilyVariant[];
  readonly shown: { readonly type: MetricType; readonly help: ByteString } | undefined;
}

/** The same, for the registry that changes them. */
export interface FamilyName extends NamedFamilies {
  /** In order of arrival. */
  families: Family[];
  variants: FamilyVariant[];
  /**
   * Type and help of the latest scrape response. Others are hidden until these have been absent for the expiration time
   * (docs/reference/collector-behaviour.md#metric-families).
   */
  shown: { readonly type: MetricType; readonly help: ByteString; lastSeenMs: number } | undefined;
}

/** The names of the `/metrics` output, in order, and which family may use one. */
export class FamilyNames {
  readonly #names = new Map<ByteString, FamilyName>();
  #sorted: readonly FamilyName[] | undefined;
  /** Number of names that were added or removed. */
  #generation = 0;

  get size(): number {
    return this.#names.size;
  }

  get(name: ByteString): FamilyName | undefined {
    return this.#names.get(name);
  }

  values(): Iterable<FamilyName> {
    return this.#names.values();
  }

  /** Returns the entry of a name, which is new if necessary. */
  entry(name: ByteString): FamilyName {
    let entry = this.#names.get(name);
    if (entry === undefined) {
      entry = { name, families: [], variants: [], shown: undefined };
      this.#names.set(name, entry);
      this.#changed();
    }
    return entry;
  }

  delete(name: ByteString): void {
    this.#names.delete(name);
    this.#changed();
  }

  *inOrder(): Slices<readonly FamilyName[]> {
    if (this.#sorted !== undefined) return this.#sorted;
    const generation = this.#generation;
    const sorted = yield* sortInSlices([...this.#names.values()], (a, b) => compareBytes(a.name, b.name));
    // Names that were added or removed in the meantime are missing once.
    if (generation === this.#generation) this.#sorted = sorted;
    return sorted;
  }

  /** Returns why a family of this type must be hidden; undefined: it may use the name. */
  refusalOf({ name, shown, families }: FamilyName, type: MetricType): DropReason | undefined {
    if (shown !== undefined && shown.type !== type) return 'type_conflict';
    if (families.some((one) => one.refusal === undefined && one.type !== type)) return 'type_conflict';
    return this.#collides(name, type) ? 'name_collision' : undefined;
  }

  /**
   * Whether samples of this name collide with those of a shown histogram or summary, or vice versa
   * (docs/reference/collector-behaviour.md#errors-during-a-scrape).
   */
  #collides(name: ByteString, type: MetricType): boolean {
    for (const suffix of ['_count', '_sum', '_bucket']) {
      if (!name.endsWith(suffix)) continue;
      const base = this.#shownType(name.slice(0, -suffix.length));
      if (base === 'histogram' || (base === 'summary' && suffix !== '_bucket')) return true;
    }
    if (type !== 'histogram' && type !== 'summary') return false;
    const suffixes = type === 'histogram' ? ['_count', '_sum', '_bucket'] : ['_count', '_sum'];
    return suffixes.some((suffix) => this.#shownType(name + suffix) !== undefined);
  }

  #shownType(name: ByteString): MetricType | undefined {
    return this.#names.get(name)?.families.find((one) => one.refusal === undefined)?.type;
  }

  #changed(): void {
    this.#sorted = undefined;
    this.#generation += 1;
  }
}
