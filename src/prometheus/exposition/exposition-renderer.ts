import { cacheBytes } from '#cache/cache-bytes.ts';
import type { Clock } from '#component/component.ts';
import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionBytes } from './byte-builder.ts';
import { KeptParts, RenderedPart, Room } from './cached-parts.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import { type ExpositionPart, isCurrent, isFirstOf, isLastOf, planParts } from './exposition-parts.ts';
import type { ContentCoding } from './negotiate-compression.ts';
import { addPart, type CodedPart, emptySum, type OutputCoding, outputCodings } from './output-coding.ts';
import { renderPart } from './render-part.ts';
import type { LabelTextBudget } from './text-labels.ts';

/** How long rendering goes on before other work gets its turn. */
const sliceMs = 4;

/** What is kept for a format is forgotten when no page was asked for in it for so long. */
const idleMs = 10 * 60_000;

const mebibyte = 1024 * 1024;

export interface ExpositionRendererOptions {
  readonly clock: Clock;
  /** Bytes of rendered (and compressed) parts that are kept for the next scrape. Default: 16 MiB, see `cacheBytes`. */
  readonly maxKeptBytes?: number;
  /** Bytes of label text that stay on the label sets of a page. Default: 256 MiB, see `cacheBytes`. */
  readonly maxLabelBytes?: number;
}

export interface ExpositionRequest {
  /** In exposition order. The array may change while the page is rendered; the page has the families of the beginning. */
  readonly families: readonly MetricFamily[];
  readonly format: ExpositionFormat;
  readonly coding: ContentCoding;
}

/**
 * Renders pages in slices, so that a large one does not hold up the event loop, and keeps what can be sent again: a part of a page
 * is rendered and compressed again only when one of its families has changed. Scrapers that come at the same moment share parts.
 * A large family may change between its slices: then each series still stands once, with the value of its moment.
 */
export class ExpositionRenderer {
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #maxLabelBytes: number;
  readonly #kept = new Map<ExpositionFormat, Map<ContentCoding, KeptParts>>();

  constructor(options: ExpositionRendererOptions) {
    this.#clock = options.clock;
    this.#room = new Room(options.maxKeptBytes ?? cacheBytes(16 * mebibyte));
    this.#maxLabelBytes = options.maxLabelBytes ?? cacheBytes(256 * mebibyte);
  }

  /** Bytes of kept parts, for own metrics. */
  get keptBytes(): number {
    return this.#room.used;
  }

  /** The body of a page. Stop reading at any time: nothing is left behind. */
  async *page({ families, format, coding }: ExpositionRequest): AsyncGenerator<ExpositionBytes, void, void> {
    this.sweep();
    const outputCoding = outputCodings[coding];
    const kept = this.#keptFor(format, coding);
    const budget: LabelTextBudget = { remaining: this.#maxLabelBytes };
    kept.beginPage(this.#clock.monotonic());
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
      kept.endPage({ isComplete });
    }
  }

  /** Forgets what was kept for formats that nobody asks for any more. Called by each page; a timer may call it too. */
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

  async *#codedParts(families: readonly MetricFamily[], page: ExpositionWork): AsyncGenerator<CodedPart, void, void> {
    const { format, outputCoding } = page;
    let sliceEnd = this.#clock.monotonic() + sliceMs;
    let held: CodedPart[] = [];
    for (const part of planParts(families)) {
      const coded = await this.#codedPart(part, page);
      if (format.frame === undefined || part.split === undefined) {
        yield coded;
      } else {
        // The length of a family stands before it, so all of its parts must be there first.
        if (isFirstOf(part)) held = [];
        held.push(coded);
        if (isLastOf(part)) {
          const length = held.reduce((sum, { rawLength }) => sum + rawLength, 0);
          yield await outputCoding.encode(format.frame(length));
          yield* held.splice(0);
        }
      }
      if (this.#clock.monotonic() >= sliceEnd) {
        await nextTurn();
        sliceEnd = this.#clock.monotonic() + sliceMs;
      }
    }
    if (format.trailer !== '') yield await outputCoding.encode(format.trailer);
  }

  #codedPart(
    part: ExpositionPart,
    { format, outputCoding, kept, budget }: ExpositionWork,
  ): CodedPart | Promise<CodedPart> {
    const found = kept.find(part);
    if (found !== undefined) {
      budget.remaining -= found.labelBytes;
      return found.coded;
    }
    // A split family that has changed since its first part: this part belongs to no version.
    const isOfOneVersion = isCurrent(part);
    const labelBytesLeft = budget.remaining;
    const coded = outputCoding.encode(renderPart(part, format, budget));
    if (isOfOneVersion) kept.add(part, new RenderedPart(coded, labelBytesLeft - budget.remaining));
    return coded;
  }

  #keptFor(format: ExpositionFormat, coding: ContentCoding): KeptParts {
    const byCoding = this.#kept.get(format) ?? new Map<ContentCoding, KeptParts>();
    const kept = byCoding.get(coding) ?? new KeptParts(this.#room);
    this.#kept.set(format, byCoding.set(coding, kept));
    return kept;
  }
}

interface ExpositionWork {
  readonly format: ExpositionFormat;
  readonly outputCoding: OutputCoding;
  readonly kept: KeptParts;
  readonly budget: LabelTextBudget;
}

/** Lets pending input and output be handled. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
