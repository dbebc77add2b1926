import type { Resource } from '#pdata/metrics.ts';
import type { DescribedTarget } from '#prometheus/from-otlp/target-info.ts';
import type { Target } from '../target.ts';
import { JoinedTarget } from './joined-target.ts';
import type { TargetInfoSource } from './target-info-source.ts';

/**
 * One series per target, with the attributes that all its processes share. With accumulation, a target is usually a
 * job, because the instance identifies the process. Neither its series nor `target_info` then have an instance.
 */
export class JoinedResources implements TargetInfoSource {
  readonly needsInstance = false;
  readonly leftOut: ReadonlySet<string>;
  readonly #windowMs: number;
  readonly #joined = new WeakMap<Target, JoinedTarget>();
  /** The target that was asked for last: a request has many metrics of one target. */
  #latest: { readonly target: Target; readonly joined: JoinedTarget } | undefined = undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  /** `windowMs`: time after its latest point for which a process is included. */
  constructor(processAttributes: ReadonlySet<string>, windowMs: number) {
    this.leftOut = processAttributes;
    this.#windowMs = windowMs;
  }

  seen(target: Target, resource: Resource, nowMs: number): boolean {
    target.resource = resource;
    return this.#joinedOf(target).observe(resource, nowMs);
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueMs;
  }

  *describe(live: Iterable<Target>, nowMs: number): Iterable<DescribedTarget> {
    this.#dueMs = Number.POSITIVE_INFINITY;
    for (const target of live) {
      const one = this.#joinedOf(target);
      one.refresh(nowMs);
      this.#dueMs = Math.min(this.#dueMs, one.dueMs);
      yield one;
    }
  }

  #joinedOf(target: Target): JoinedTarget {
    if (this.#latest?.target === target) return this.#latest.joined;
    let joined = this.#joined.get(target);
    if (joined === undefined) {
      joined = new JoinedTarget(target, this.#windowMs);
      this.#joined.set(target, joined);
    }
    this.#latest = { target, joined };
    return joined;
  }
}
