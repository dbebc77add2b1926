import { rfc3339 } from '#go/timestamp.ts';
import { type ComponentHealth, isHealthy } from './component-health.ts';
import type { Status } from './health-state.ts';

interface StatusJson {
  readonly start_time?: string;
  readonly healthy: boolean;
  readonly status: string;
  readonly error?: string;
  readonly status_time: string;
  readonly attributes: Record<string, never>;
  readonly components?: Readonly<Record<string, StatusJson>>;
}

/** Parameters of {@link statusJson}. */
export interface StatusJsonOptions {
  readonly isVerbose: boolean;
  readonly health: ComponentHealth;
  readonly nowMs: number;
}

/** Returns the body of `/status`. The parts of a status are only in a verbose one. */
export function statusJson(status: Status, startMs: number, options: StatusJsonOptions): string {
  return JSON.stringify({ start_time: rfc3339(startMs), ...jsonOf(status, options) });
}

function jsonOf(status: Status, options: StatusJsonOptions): StatusJson {
  const { name, sinceMs, error, parts } = status;
  return {
    healthy: isHealthy(status, options.health, options.nowMs),
    status: name,
    ...(error !== undefined && { error }),
    status_time: rfc3339(sinceMs),
    attributes: {},
    ...(options.isVerbose &&
      parts.size > 0 && {
        components: Object.fromEntries([...parts].map(([key, part]) => [key, jsonOf(part, options)])),
      }),
  };
}
