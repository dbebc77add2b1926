import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionPart } from './exposition-parts.ts';
import type { CodedPart } from './output-coding.ts';

/** A rendered part. */
export class RenderedPart {
  /** A promise while another thread compresses it. */
  readonly coded: CodedPart | Promise<CodedPart>;
  /** Bytes of label text that stay on the label sets it shows. */
  readonly labelBytes: number;

  constructor(coded: CodedPart | Promise<CodedPart>, labelBytes: number) {
    this.coded = coded;
    this.labelBytes = labelBytes;
  }
}

/**
 * A class, like CodedPart, and not a literal: V8 learns of literals which that survive are born old, with all they refer to, and the
 * text of a page that is not kept would then be garbage of the old generation.
 */
class KeptPart {
  readonly families: readonly MetricFamily[];
  readonly versions: readonly number[];
  readonly from: number;
  readonly until: number | undefined;
  /** Undefined: only what it was is remembered, not what it said. */
  content: RenderedPart | undefined;
  /** It changed between the last two pages, so it will again: not worth any room. */
  readonly isChanging: boolean;
  bytes = 0;
  /** Number of the page that used it last. */
  page: number;

  constructor(part: ExpositionPart, content: RenderedPart, options: { isChanging: boolean; page: number }) {
    this.families = part.families;
    this.versions = part.versions;
    this.from = part.split?.from ?? 0;
    this.until = part.split?.until;
    this.content = content;
    this.isChanging = options.isChanging;
    this.page = options.page;
  }
}

/** Parts that get no room are still kept for this many others: scrapers that come at the same moment share them. */
const maxPassing = 8;

/**
 * Parts as they were sent in one format and coding. A part is found again when it has the same families in the same versions.
 * What there is no room for is kept for a moment only, and nothing is thrown out to make room: pages are read from start to
 * end, so throwing out what was used longest ago would throw out exactly what is wanted next. What has changed since the last
 * page gets no room either, until it has once stayed the same: most of a busy page would be kept in vain.
 */
export class KeptParts {
  /** By the first family, then by the first series' place in it. */
  readonly #parts = new Map<MetricFamily, Map<number, KeptPart>>();
  readonly #room: Room;
  #passing: KeptPart[] = [];
  #page = 0;
  #responsesInFlight = 0;
  /** Monotonic ms of the latest page. */
  usedAtMs = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** A page begins; `endPage` must follow. */
  beginPage(nowMs: number): void {
    this.usedAtMs = nowMs;
    this.#page++;
    this.#responsesInFlight++;
  }

  /** Forgets parts that no page has used of late and what is passing, once a page is complete and no other is under way. */
  endPage(options: { isComplete: boolean }): void {
    this.#responsesInFlight--;
    if (!options.isComplete || this.#responsesInFlight > 0) return;
    for (const parts of this.#parts.values()) {
      for (const kept of parts.values()) if (kept.page !== this.#page) this.#forget(kept);
    }
    for (const passing of this.#passing.splice(0)) passing.content = undefined;
  }

  find(part: ExpositionPart): RenderedPart | undefined {
    const kept = this.#get(part);
    if (kept?.content === undefined || !isSame(kept, part)) return undefined;
    kept.page = this.#page;
    return kept.content;
  }

  add(part: ExpositionPart, content: RenderedPart): void {
    const former = this.#get(part);
    if (former !== undefined) this.#forget(former);
    const isChanging = former !== undefined && !isSame(former, part);
    const kept = new KeptPart(part, content, { isChanging, page: this.#page });
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

  /** Forgets everything. */
  clear(): void {
    for (const parts of this.#parts.values()) for (const kept of parts.values()) this.#forget(kept);
  }

  #settle(kept: KeptPart, coded: CodedPart): void {
    if (!this.#has(kept)) return;
    if (!kept.isChanging && this.#room.take(coded.bytes.length)) {
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
    this.#room.give(kept.bytes);
  }
}

/** Bytes that all kept parts together may take. */
export class Room {
  readonly #max: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#max = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  /** False when there is not so much left. */
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
