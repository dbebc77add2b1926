import type { Resource } from '#pdata/metrics.ts';
import type { DescribedTarget } from '#prometheus/from-otlp/target-info.ts';
import type { Target } from '../target.ts';

/** Determines the series of `target_info` and their attributes. */
export interface TargetInfoSource {
  /** Whether a target without an instance has no series. */
  readonly needsInstance: boolean;
  /** Resource attributes that are omitted. */
  readonly leftOut: ReadonlySet<string>;
  /**
   * Records that points of a process with that resource were accepted. Returns whether `target_info` can have changed.
   * `nowMs`: monotonic clock.
   */
  seen(target: Target, resource: Resource, nowMs: number): boolean;
  /** Returns whether `target_info` can have changed because time has passed. */
  isDue(nowMs: number): boolean;
  /**
   * Returns the current targets to show. `live`: the targets that have series. The same object means that nothing has
   * changed.
   */
  describe(live: Iterable<Target>, nowMs: number): Iterable<DescribedTarget>;
}

/** Same as in the Collector: one series per target, with the attributes of its latest resource. */
export class LatestResources implements TargetInfoSource {
  readonly needsInstance = true;
  readonly leftOut: ReadonlySet<string>;

  constructor(leftOut: ReadonlySet<string>) {
    this.leftOut = leftOut;
  }

  seen(target: Target, resource: Resource): boolean {
    if (target.resource === resource) return false;
    target.resource = resource;
    return true;
  }

  isDue(): boolean {
    return false;
  }

  describe(live: Iterable<Target>): Iterable<DescribedTarget> {
    return live;
  }
}

/** No series. */
export class NoTargetInfo extends LatestResources {
  override describe(): Iterable<DescribedTarget> {
    return [];
  }
}
