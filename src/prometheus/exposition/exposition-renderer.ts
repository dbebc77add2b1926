import { cacheBytes } from '#cache/cache-bytes.ts';
import type { Clock } from '#component/component.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionBytes } from './byte-builder.ts';
import { CacheSpace, KeptParts, RenderedPart } from './cached-parts.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { type ExpositionPart, isCurrent, isLastOf, planParts } from './exposition-parts.ts';
import { HeldFamily } from './held-family.ts';
import type { ContentCoding } from './negotiate-compression.ts';
import { addPart, CodedPart, emptySum, type OutputCoding, outputCodings } from './output-coding.ts';
import { defaultMaxSeriesBytes, type RenderBudget } from './render-budget.ts';
import { pause, renderPart } from './render-part.ts';

/** Duration of a rendering slice, ms. Other work runs between slices. */
const sliceMs = 4;

/** Time after which the cached parts of an unused format are discarded, ms. */
const idleMs = 10 * 60_000;

const mebibyte = 1024 * 1024;

/** Settings and dependencies of {@link ExpositionRenderer}. */
export interface ExpositionRendererOptions {
  readonly clock: Clock;
  /** Maximum bytes of rendered and compressed parts to keep for the next scrape. Default: 16 MiB, see `cacheBytes`. */
  readonly maxKeptBytes?: number;
  /** Maximum bytes of label text to keep cached in label sets. Default: 256 MiB, see `cacheBytes`. */
  readonly maxLabelBytes?: number;
  /**
   * Maximum bytes of the lines of one series in the text formats. A series with longer lines is omitted. Default: 1
   * MiB.
   */
  readonly maxSeriesBytes?: number;
  /** Called for each omitted series, whenever its family is rendered. */
  readonly onOmittedSeries?: (family: MetricFamily) => void;
}

/** What to render, and how. */
export interface ExpositionRequest {
  /**
   * In exposition order. If the array changes while the response is rendered, the response still contains the original
   * families.
   */
  readonly families: readonly MetricFamily[];
  readonly format: ExpositionFormat;
  readonly coding: ContentCoding;
}

/**
 * Renders scrape responses in slices, so that a large one does not block the event loop, and caches parts: a part is
 * rendered and compressed again only after one of its families has changed. Concurrent scrapes share parts. If a large
 * family changes between its slices, each series still appears once, with its value at the time of rendering.
 */
export class ExpositionRenderer {
  readonly #clock: Clock;
  readonly #space: CacheSpace;
  readonly #maxLabelBytes: number;
  readonly #maxSeriesBytes: number;
  readonly #onOmittedSeries: (family: MetricFamily) => void;
  readonly #kept = new Map<ExpositionFormat, Map<ContentCoding, KeptParts>>();

  constructor(options: ExpositionRendererOptions) {
    this.#clock = options.clock;
    this.#space = new CacheSpace(options.maxKeptBytes ?? cacheBytes(16 * mebibyte));
    this.#maxLabelBytes = options.maxLabelBytes ?? cacheBytes(256 * mebibyte);
    this.#maxSeriesBytes = options.maxSeriesBytes ?? defaultMaxSeriesBytes;
    this.#onOmittedSeries = options.onOmittedSeries ?? (() => undefined);
  }

  /** Number of bytes of kept parts, for pitot's own metrics. */
  get keptBytes(): number {
    return this.#space.used;
  }

  /** Yields the body of a scrape response. The caller can stop reading at any time; no state remains. */
  async *render({ families, format, coding }: ExpositionRequest): AsyncGenerator<ExpositionBytes, void, void> {
    this.sweep();
    const outputCoding = outputCodings[coding];
    const kept = this.#keptFor(format, coding);
    const budget: RenderBudget = {
      remaining: this.#maxLabelBytes,
      maxSeriesBytes: this.#maxSeriesBytes,
      omitted: this.#onOmittedSeries,
    };
    kept.beginResponse(this.#clock.monotonic());
    let isComplete = false;
    try {
      let sum = emptySum;
      if (outputCoding.begin.length > 0) yield outputCoding.begin;
      for await (const part of this.#codedParts(families.slice(), { format, outputCoding, kept, budget })) {
        sum = addPart(sum, part);
        yield part.bytes;
      }
      const end = outputCoding.end(sum);
      if (end.length > 0) yield end;
      isComplete = true;
    } finally {
      kept.endResponse({ isComplete });
    }
  }

  /**
   * Discards the cached parts of formats that are no longer requested. Every response calls it; a timer can call it
   * too.
   */
  sweep(): void {
    const oldest = this.#clock.monotonic() - idleMs;
    for (const [format, byCoding] of this.#kept) {
      for (const [coding, kept] of byCoding) {
        if (kept.usedAtMs >= oldest) continue;
        kept.clear();
        byCoding.delete(coding);
      }
      if (byCoding.size === 0) this.#kept.delete(format);
    }
  }

  async *#codedParts(families: readonly MetricFamily[], work: ExpositionWork): AsyncGenerator<CodedPart, void, void> {
    const { format, outputCoding } = work;
    let sliceEnd = this.#clock.monotonic() + sliceMs;
    let held = new HeldFamily(format, outputCoding);
    for (const part of planParts(families)) {
      for (const piece of this.#pieces(part, work)) {
        const coded = piece === nothing ? nothing : await piece;
        if (coded === nothing) await eventLoop.pause();
        else if (format.frame === undefined || part.split === undefined) yield coded;
        else yield* held.add(coded, part.families[0] as MetricFamily);
        if (this.#clock.monotonic() >= sliceEnd) {
          await eventLoop.pause();
          sliceEnd = this.#clock.monotonic() + sliceMs;
        }
      }
      if (part.split !== undefined && isLastOf(part)) {
        yield* held.end();
        held = new HeldFamily(format, outputCoding);
      }
    }
    if (format.trailer !== '') yield await outputCoding.encode(format.trailer);
  }

  /** Yields the pieces of a part, cached or new. Only a part that consists of one piece is cached. */
  *#pieces(
    part: ExpositionPart,
    { format, outputCoding, kept, budget }: ExpositionWork,
  ): Generator<CodedPart | Promise<CodedPart>, void, void> {
    const found = kept.find(part);
    if (found !== undefined) {
      budget.remaining -= found.labelBytes;
      yield found.coded;
      return;
    }
    // A split family that has changed since its first part: this part belongs to no version.
    const isOfOneVersion = isCurrent(part);
    const labelBytesLeft = budget.remaining;
    let pieces = 0;
    let first: CodedPart | Promise<CodedPart> | undefined;
    for (const piece of renderPart(part, format, budget)) {
      if (piece === pause) {
        yield nothing;
        continue;
      }
      if (first !== undefined) yield first;
      const coded = outputCoding.encode(piece);
      first = pieces++ === 0 ? coded : undefined;
      if (first === undefined) yield coded;
    }
    if (first === undefined) return;
    // It can have changed in a pause.
    if (isOfOneVersion && isCurrent(part)) kept.add(part, new RenderedPart(first, labelBytesLeft - budget.remaining));
    yield first;
  }

  #keptFor(format: ExpositionFormat, coding: ContentCoding): KeptParts {
    const byCoding = this.#kept.get(format) ?? new Map<ContentCoding, KeptParts>();
    const kept = byCoding.get(coding) ?? new KeptParts(this.#space);
    this.#kept.set(format, byCoding.set(coding, kept));
    return kept;
  }
}

/** A pause of the rendering, as a part without bytes. */
const nothing = new CodedPart('', emptySum);

interface ExpositionWork {
  readonly format: ExpositionFormat;
  readonly outputCoding: OutputCoding;
  readonly kept: KeptParts;
  readonly budget: RenderBudget;
}
