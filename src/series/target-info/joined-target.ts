import type { KeyValue } from '#pdata/attributes.ts';
import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { DescribedTarget } from '#prometheus/from-otlp/target-info.ts';

/** Maximum number of keys of one target. Further keys are not shown. */
const maxKeys = 256;

/** Observations of one key. */
interface Observed {
  entry: KeyValue;
  text: string;
  /** Latest time at which a process had that value, monotonic clock, ms. */
  seenMs: number;
  /** Latest time at which a process had another value or none, monotonic clock, ms. */
  differedMs: number;
  /** The latest observation that had the key. */
  observation: number;
}

/** The processes of one target, reduced to the attributes that all of them share. */
export class JoinedTarget implements DescribedTarget {
  readonly job: string | undefined;
  readonly instance: string | undefined;
  /** Updated by `refresh`. The same object while its attributes do not change. */
  resource: Resource = { attributes: { entries: [] }, droppedAttributesCount: 0, entityRefs: [] };
  /** Time at which `refresh` can have another result without an observation, monotonic clock, ms. */
  dueMs = Number.POSITIVE_INFINITY;
  readonly #windowMs: number;
  readonly #observed = new Map<string, Observed>();
  #latest: Resource | undefined = undefined;
  #latestMs = Number.NEGATIVE_INFINITY;
  #observations = 0;

  /** `windowMs`: time after its latest point for which a process is included. */
  constructor({ job, instance }: Pick<DescribedTarget, 'job' | 'instance'>, windowMs: number) {
    this.job = job;
    this.instance = instance;
    this.#windowMs = windowMs;
  }

  /** Records that a process sent points. Returns whether the shared attributes can have changed. */
  observe(resource: Resource, nowMs: number): boolean {
    const before = this.#latestMs;
    // A process repeats its resource for each metric of a request.
    if (resource === this.#latest && nowMs === before) return false;
    this.#latest = resource;
    this.#latestMs = nowMs;
    this.#observations++;
    let hasChanged = false;
    for (const entry of resource.attributes.entries)
      hasChanged = this.#observeEntry(entry, nowMs, before) || hasChanged;
    for (const one of this.#observed.values()) {
      if (one.observation === this.#observations) continue;
      one.differedMs = nowMs;
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Determines the attributes that all recent processes share. */
  refresh(nowMs: number): void {
    const since = Math.min(nowMs, this.#latestMs) - this.#windowMs;
    this.dueMs = Number.POSITIVE_INFINITY;
    const shared: KeyValue[] = [];
    for (const [key, { entry, seenMs, differedMs }] of this.#observed) {
      if (seenMs < since) this.#observed.delete(key);
      else if (differedMs < nowMs - this.#windowMs) shared.push(entry);
      else this.dueMs = Math.min(this.dueMs, differedMs + this.#windowMs + 1);
    }
    const { entries } = this.resource.attributes;
    if (shared.length === entries.length && shared.every((entry, i) => entry === entries[i])) return;
    this.resource = { ...this.resource, attributes: { entries: shared } };
  }

  #observeEntry(entry: KeyValue, nowMs: number, beforeMs: number): boolean {
    const { key, value } = entry;
    const text = valueText(value);
    const known = this.#observed.get(key);
    if (known === undefined) {
      if (this.#observed.size >= maxKeys) return false;
      // The earlier processes did not have the key.
      this.#observed.set(key, { entry, text, seenMs: nowMs, differedMs: beforeMs, observation: this.#observations });
      return true;
    }
    const isSame = known.text === text;
    if (!isSame) {
      known.differedMs = Math.max(known.differedMs, known.seenMs);
      known.entry = entry;
      known.text = text;
    }
    known.seenMs = nowMs;
    known.observation = this.#observations;
    return !isSame;
  }
}
