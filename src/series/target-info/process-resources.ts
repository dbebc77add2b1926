import { Memo } from '#cache/memo.ts';
import type { Resource } from '#pdata/metrics.ts';
import { identifyResource } from '#prometheus/from-otlp/target-identity.ts';
import type { DescribedTarget } from '#prometheus/from-otlp/target-info.ts';
import type { Target } from '../target.ts';
import type { TargetInfoSource } from './target-info-source.ts';

/** Maximum size of the resources in characters. Above it, those that have been idle longest are discarded. */
const maxSize = 64 * 2 ** 20;
const maxKnownSize = 4 * 2 ** 20;

interface Process extends DescribedTarget {
  readonly key: string;
  /** Approximate size of its resource when it was first seen, characters. */
  readonly size: number;
  resource: Resource;
  seenMs: number;
}

/** One series per process, same as in the Collector, for a limited time after its latest point. */
export class ProcessResources implements TargetInfoSource {
  readonly needsInstance = true;
  readonly leftOut: ReadonlySet<string> = new Set();
  readonly #expirationMs: number;
  /** In the order of their latest points. */
  readonly #processes = new Map<string, Process>();
  readonly #known = new Memo<Resource, Process>(maxKnownSize, ({ size }) => size);
  #size = 0;

  /** `expirationMs`: Infinity keeps series. */
  constructor(expirationMs: number) {
    this.#expirationMs = expirationMs;
  }

  seen(target: Target, resource: Resource, nowMs: number): boolean {
    target.resource = resource;
    const process = this.#known.get(resource) ?? this.#known.set(resource, this.#processOf(resource));
    const isKnown = this.#processes.get(process.key) === process;
    if (isKnown && process.resource === resource && process.seenMs === nowMs) return false;
    const hasChanged = !isKnown || process.resource !== resource;
    process.resource = resource;
    process.seenMs = nowMs;
    this.#remove(process.key);
    this.#processes.set(process.key, process);
    this.#size += process.size;
    for (const { key } of this.#processes.values()) {
      if (this.#size <= maxSize) break;
      this.#remove(key);
    }
    return hasChanged;
  }

  isDue(nowMs: number): boolean {
    for (const { seenMs } of this.#processes.values()) return nowMs - seenMs > this.#expirationMs;
    return false;
  }

  describe(_: Iterable<Target>, nowMs: number): Iterable<DescribedTarget> {
    for (const { key, seenMs } of this.#processes.values()) {
      if (nowMs - seenMs <= this.#expirationMs) break;
      this.#remove(key);
    }
    return this.#processes.values();
  }

  #remove(key: string): void {
    this.#size -= this.#processes.get(key)?.size ?? 0;
    this.#processes.delete(key);
  }

  #processOf(resource: Resource): Process {
    const { job, instance, targetKey: key, size } = identifyResource(resource, new Set());
    return this.#processes.get(key) ?? { key, size, job, instance, resource, seenMs: Number.NEGATIVE_INFINITY };
  }
}
