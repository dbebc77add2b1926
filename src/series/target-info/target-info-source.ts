import type { Resource } from '#pdata/metrics.ts';
import type { DescribedTarget } from '#prometheus/from-otlp/target-info.ts';
import type { Target } from '../target.ts';

/** Decides which series `target_info` has, and with which attributes. */
export interface TargetInfoSource {
  /** Whether a target without an instance has no series. */
  readonly needsInstance: boolean;
  /** Resource attributes that are not shown. */
  readonly leftOut: ReadonlySet<string>;
  /** Points of a process with that resource were accepted. Returns whether `target_info` may have changed. `nowMs`: monotonic. */
  seen(target: Target, resource: Resource, nowMs: number): boolean;
  /** Returns whether `target_info` may have changed because time has passed. */
  isDue(nowMs: number): boolean;
  /** Returns what is shown now. `live`: the targets that have series. The same object means that nothing has changed. */
  describe(live: Iterable<Target>, nowMs: number): Iterable<DescribedTarget>;
}

/** As in the Collector: one series for each target, with the attributes of its latest resource. */
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
