import type { MetricFamily } from './metric-family.ts';
import type { CodedPart } from './page-coding.ts';
import type { PagePart } from './page-parts.ts';

/** A rendered part. */
export interface RenderedPart {
  /** A promise while another thread compresses it. */
  readonly coded: CodedPart | Promise<CodedPart>;
  /** Bytes of label text that stay on the label sets it shows. */
  readonly labelBytes: number;
}

interface KeptPart extends RenderedPart {
  readonly part: PagePart;
  bytes: number;
  /** Number of the page that used it last. */
  page: number;
}

/** Parts that find no room are still kept for this many others: scrapers that come at the same moment share them. */
const maxPassing = 8;

/**
 * Parts as they were sent in one format and coding. A part is found again when it has the same families in the same versions.
 * What there is no room for is kept for a moment only, and nothing is thrown out to make room: pages are read from start to
 * end, so throwing out what was used longest ago would throw out exactly what is wanted next.
 */
export class KeptParts {
  /** By the first family, then by the first series' place in it. */
  readonly #parts = new Map<MetricFamily, Map<number, KeptPart>>();
  readonly #room: Room;
  #passing: KeptPart[] = [];
  #page = 0;
  #pagesUnderWay = 0;
  /** Monotonic ms of the latest page. */
  usedAtMs = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** A page begins; `endPage` must follow. */
  beginPage(nowMs: number): void {
    this.usedAtMs = nowMs;
    this.#page++;
    this.#pagesUnderWay++;
  }

  /** Forgets parts that no page has used of late, once a page is complete and no other is under way. */
  endPage(options: { isComplete: boolean }): void {
    this.#pagesUnderWay--;
    if (!options.isComplete || this.#pagesUnderWay > 0) return;
    for (const parts of this.#parts.values()) {
      for (const kept of parts.values()) if (kept.page !== this.#page) this.#forget(kept);
    }
  }

  find(part: PagePart): RenderedPart | undefined {
    const kept = this.#get(part);
    if (kept === undefined || !isSame(kept.part, part)) return undefined;
    kept.page = this.#page;
    return kept;
  }

  add(part: PagePart, content: RenderedPart): void {
    const former = this.#get(part);
    if (former !== undefined) this.#forget(former);
    const kept: KeptPart = { part, ...content, bytes: 0, page: this.#page };
    const family = part.families[0] as MetricFamily;
    const parts = this.#parts.get(family) ?? new Map<number, KeptPart>();
    this.#parts.set(family, parts.set(part.split?.from ?? 0, kept));
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
    if (this.#get(kept.part) !== kept) return;
    if (this.#room.take(coded.bytes.length)) {
      kept.bytes = coded.bytes.length;
      return;
    }
    this.#passing.push(kept);
    if (this.#passing.length > maxPassing) this.#forget(this.#passing[0] as KeptPart);
  }

  #get(part: PagePart): KeptPart | undefined {
    return this.#parts.get(part.families[0] as MetricFamily)?.get(part.split?.from ?? 0);
  }

  #forget(kept: KeptPart): void {
    this.#passing = this.#passing.filter((passing) => passing !== kept);
    if (this.#get(kept.part) !== kept) return;
    const family = kept.part.families[0] as MetricFamily;
    const parts = this.#parts.get(family);
    parts?.delete(kept.part.split?.from ?? 0);
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

function isSame(a: PagePart, b: PagePart): boolean {
  return (
    a.families.length === b.families.length &&
    a.split?.until === b.split?.until &&
    a.families.every((family, i) => family === b.families[i] && a.versions[i] === b.versions[i])
  );
}
