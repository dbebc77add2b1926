import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionPart } from './exposition-parts.ts';
import type { CodedPart } from './output-coding.ts';

/** A rendered part. */
export class RenderedPart {
  /** A promise while another thread compresses the part. */
  readonly coded: CodedPart | Promise<CodedPart>;
  /** Number of bytes of label text that the part keeps cached in its label sets. */
  readonly labelBytes: number;

  constructor(coded: CodedPart | Promise<CodedPart>, labelBytes: number) {
    this.coded = coded;
    this.labelBytes = labelBytes;
  }
}

/**
 * A class, like CodedPart, and not an object literal. V8 allocates literals whose predecessors survived directly in the
 * old generation, together with everything they refer to. The text of a response that is not kept would then be garbage
 * of the old generation.
 */
class KeptPart {
  readonly families: readonly MetricFamily[];
  readonly versions: readonly number[];
  readonly from: number;
  readonly until: number | undefined;
  /** Undefined if only the identity of the part is kept, without its text. */
  content: RenderedPart | undefined;
  /** Whether the part changed between the last two responses. It is then likely to change again and is not cached. */
  readonly isChanging: boolean;
  bytes = 0;
  /** Number of the last response that used the part. */
  response: number;

  constructor(part: ExpositionPart, content: RenderedPart, options: { isChanging: boolean; response: number }) {
    this.families = part.families;
    this.versions = part.versions;
    this.from = part.split?.from ?? 0;
    this.until = part.split?.until;
    this.content = content;
    this.isChanging = options.isChanging;
    this.response = options.response;
  }
}

/** Number of parts that are kept for a short time without cache space. Concurrent scrapes share them. */
const maxPassing = 8;

/**
 * Cache of rendered parts in one format and coding. A part is found again if it has the same families in the same
 * versions.
 *
 * A part for which there is no space is kept only for a short time, and nothing is evicted for it: responses are read
 * from start to end, so evicting the least recently used part would evict exactly the part that is needed next. A part
 * that changed since the last response gets no space either, until it has remained the same once: most parts of a busy
 * response would otherwise be cached in vain.
 */
export class KeptParts {
  /** By first family, then by the index of the first series in it. */
  readonly #parts = new Map<MetricFamily, Map<number, KeptPart>>();
  readonly #space: CacheSpace;
  #passing: KeptPart[] = [];
  #response = 0;
  #responsesInFlight = 0;
  /** Start of the latest response, monotonic clock, ms. */
  usedAtMs = 0;

  constructor(space: CacheSpace) {
    this.#space = space;
  }

  /** Starts a response. Call `endResponse` when it ends. */
  beginResponse(nowMs: number): void {
    this.usedAtMs = nowMs;
    this.#response++;
    this.#responsesInFlight++;
  }

  /**
   * Ends a response. After a complete one, and if no other is in flight, discards the parts that it did not use and the
   * parts without cache space.
   */
  endResponse(options: { isComplete: boolean }): void {
    this.#responsesInFlight--;
    if (!options.isComplete || this.#responsesInFlight > 0) return;
    for (const parts of this.#parts.values()) {
      for (const kept of parts.values()) if (kept.response !== this.#response) this.#forget(kept);
    }
    for (const passing of this.#passing.splice(0)) passing.content = undefined;
  }

  find(part: ExpositionPart): RenderedPart | undefined {
    const kept = this.#get(part);
    if (kept?.content === undefined || !isSame(kept, part)) return undefined;
    kept.response = this.#response;
    return kept.content;
  }

  add(part: ExpositionPart, content: RenderedPart): void {
    const former = this.#get(part);
    if (former !== undefined) this.#forget(former);
    const isChanging = former !== undefined && !isSame(former, part);
    const kept = new KeptPart(part, content, { isChanging, response: this.#response });
    const family = part.families[0] as MetricFamily;
    const parts = this.#parts.get(family) ?? new Map<number, KeptPart>();
    this.#parts.set(family, parts.set(kept.from, kept));
    if (content.coded instanceof Promise) {
      content.coded.then(
        (coded) => this.#settle(kept, coded),
        () => this.#forget(kept),
      );
    } else {
      this.#settle(kept, content.coded);
    }
  }

  /** Discards all parts. */
  clear(): void {
    for (const parts of this.#parts.values()) for (const kept of parts.values()) this.#forget(kept);
  }

  #settle(kept: KeptPart, coded: CodedPart): void {
    if (!this.#has(kept)) return;
    if (!kept.isChanging && this.#space.take(coded.bytes.length)) {
      kept.bytes = coded.bytes.length;
      return;
    }
    this.#passing.push(kept);
    const passed = this.#passing.length > maxPassing ? this.#passing.shift() : undefined;
    if (passed !== undefined) passed.content = undefined;
  }

  #get(part: ExpositionPart): KeptPart | undefined {
    return this.#parts.get(part.families[0] as MetricFamily)?.get(part.split?.from ?? 0);
  }

  #has(kept: KeptPart): boolean {
    return this.#parts.get(kept.families[0] as MetricFamily)?.get(kept.from) === kept;
  }

  #forget(kept: KeptPart): void {
    const passing = this.#passing.indexOf(kept);
    if (passing >= 0) this.#passing.splice(passing, 1);
    if (!this.#has(kept)) return;
    const family = kept.families[0] as MetricFamily;
    const parts = this.#parts.get(family);
    parts?.delete(kept.from);
    if (parts?.size === 0) this.#parts.delete(family);
    this.#space.give(kept.bytes);
  }
}

/** Limits the total bytes of all kept parts. */
export class CacheSpace {
  readonly #max: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  /** Reserves space for `bytes`. Returns false and reserves nothing if the space is not sufficient. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

function isSame(kept: KeptPart, { families, versions, split }: ExpositionPart): boolean {
  return (
    kept.families.length === families.length &&
    kept.until === split?.until &&
    kept.families.every((family, i) => family === families[i] && kept.versions[i] === versions[i])
  );
}
