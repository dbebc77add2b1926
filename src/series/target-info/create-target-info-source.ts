import type { SeriesConfig } from '../config.ts';
import { JoinedResources } from './joined-resources.ts';
import { ProcessResources } from './process-resources.ts';
import { LatestResources, NoTargetInfo, type TargetInfoSource } from './target-info-source.ts';

/**
 * Creates the source of `target_info` that the configuration selects. Without accumulation, same as in the Collector.
 */
export function createTargetInfoSource({ accumulation, metricExpiration }: SeriesConfig): TargetInfoSource {
  const processAttributes = new Set(accumulation.enabled ? accumulation.processAttributes : []);
  if (!accumulation.enabled) return new LatestResources(processAttributes);
  switch (accumulation.targetInfo) {
    case 'off':
      return new NoTargetInfo(processAttributes);
    case 'per_process':
      return new ProcessResources(metricExpiration);
    case 'joined':
      return new JoinedResources(processAttributes, accumulation.streamExpiration);
  }
}
