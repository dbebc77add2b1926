import { fromByteString } from '#bytes/utf8.ts';
import type {
  ConflictView,
  DroppedPointsView,
  ExpositionName,
  FamilyView,
  Lineage,
  SeriesInstance,
  SeriesView,
  TappedPoint,
} from '#component/views/series-view.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { ExpositionFormat } from '#prometheus/exposition/exposition-format.ts';
import { openMetricsFormat } from '#prometheus/exposition/openmetrics-format.ts';
import { protobufTextFormat } from '#prometheus/exposition/protobuf-text-format.ts';
import { textFormat } from '#prometheus/exposition/text-format.ts';
import { AccumulationPolicy } from '../accumulation/accumulation-policy.ts';
import type { Family } from '../family.ts';
import type { FamilyRegistry } from '../family-registry.ts';
import type { SeriesStore } from '../series-store.ts';
import type { StoredSeries } from '../stored-series.ts';
import { conflictsOf } from './conflicts.ts';
import { InspectedSeries, type Surroundings } from './inspected-series.ts';
import { lineageOf } from './lineage.ts';
import { tappedPoints } from './tapped-points.ts';

const formats: Readonly<Record<ExpositionName, ExpositionFormat>> = {
  text: textFormat('underscores'),
  openmetrics: openMetricsFormat('1.0.0', 'underscores'),
  protobuf: protobufTextFormat('text', 'underscores'),
};

type Listener = (points: Iterable<TappedPoint>) => void;

/** Views of a store for the console. Stores and changes nothing. */
export class StoreInspector implements SeriesView {
  readonly #store: SeriesStore;
  readonly #isResourceLabel: (key: string) => boolean;
  readonly #listeners = new Set<Listener>();
  readonly #familyViews = new WeakMap<Family, FamilyView>();

  /** @param isResourceLabel whether the Collector makes a label of a resource attribute */
  constructor(store: SeriesStore, isResourceLabel: (key: string) => boolean = () => false) {
    this.#store = store;
    this.#isResourceLabel = isResourceLabel;
  }

  get seriesCount(): number {
    return this.#store.seriesCount;
  }

  get familyCount(): number {
    return this.#store.familyCount;
  }

  get targetCount(): number {
    return this.#store.targetCount;
  }

  get maxSeries(): number {
    return this.#store.parts.options.maxSeries;
  }

  get accumulates(): boolean {
    return this.#store.parts.options.policy instanceof AccumulationPolicy;
  }

  *families(): Iterable<FamilyView> {
    for (const { families } of this.#store.parts.families.names) {
      for (const family of families) if (family.count > 0) yield this.#familyView(family);
    }
  }

  *series(): Iterable<SeriesInstance> {
    const surroundings = this.#surroundings();
    for (const instrument of this.#store.parts.instruments.instruments) {
      for (const series of instrument.series) {
        if (series.shownBy === series) yield new InspectedSeries(series, surroundings);
      }
    }
  }

  lineage({ key }: SeriesInstance): Lineage {
    const { options } = this.#store.parts;
    return lineageOf(key as StoredSeries, {
      ...this.#surroundings(),
      options,
      isResourceLabel: this.#isResourceLabel,
      nowMs: options.clock.monotonic(),
    });
  }

  lines({ key }: SeriesInstance, format: ExpositionName): string {
    const series = key as StoredSeries;
    const { family } = series.variant;
    if (family.refusal !== undefined || series.defect !== undefined) return '';
    return fromByteString(formats[format].begin(family).series(series));
  }

  head(view: FamilyView, format: ExpositionName): string {
    if (!(view instanceof InspectedFamily)) return '';
    const { name, type } = view.family;
    const help = this.#store.parts.families.helpOf(view.family);
    return fromByteString(formats[format].begin({ name, type, help, version: 0, series: [] }).head);
  }

  drops(): readonly DroppedPointsView[] {
    return this.#store.drops.table.entries;
  }

  conflicts(): readonly ConflictView[] {
    return conflictsOf(this.#store.parts.families.names);
  }

  tap(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Call after each request that the store has applied. */
  applied(metrics: Metrics): void {
    if (this.#listeners.size === 0) return;
    const { instruments, options } = this.#store.parts;
    const lineOf = (series: StoredSeries) =>
      this.lines(new InspectedSeries(series, this.#surroundings()), 'text').split('\n', 1)[0] || undefined;
    for (const listener of this.#listeners) {
      listener(tappedPoints(metrics, { instruments, unixMs: options.clock.now(), lineOf }));
    }
  }

  #surroundings(): Surroundings {
    const { clock } = this.#store.parts.options;
    return {
      unixMsAtZero: clock.now() - clock.monotonic(),
      familyView: (family) => this.#familyView(family),
    };
  }

  #familyView(family: Family): FamilyView {
    let view = this.#familyViews.get(family);
    if (view === undefined) {
      view = new InspectedFamily(family, this.#store.parts.families);
      this.#familyViews.set(family, view);
    }
    return view;
  }
}

class InspectedFamily implements FamilyView {
  readonly family: Family;
  readonly name: string;
  readonly #registry: FamilyRegistry;

  constructor(family: Family, registry: FamilyRegistry) {
    this.family = family;
    this.name = fromByteString(family.name);
    this.#registry = registry;
  }

  get type(): string {
    return this.family.type;
  }

  get help(): string {
    return fromByteString(this.#registry.helpOf(this.family));
  }

  get points(): number {
    return this.family.points;
  }

  get seriesCount(): number {
    return this.family.count;
  }

  get hiddenBy(): string | undefined {
    return this.family.refusal;
  }
}
