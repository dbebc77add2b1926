import type { HealthCheckV2Config } from './config.ts';
import type { Status } from './health-state.ts';

/** Settings that decide which errors of components make the status unhealthy. */
export type ComponentHealth = HealthCheckV2Config['componentHealth'];

/** Returns the time at which a recoverable error makes the status unhealthy, ms. Undefined if it never does. */
export function unhealthyFrom({ name, sinceMs }: Status, health: ComponentHealth): number | undefined {
  if (name !== 'StatusRecoverableError' || !health?.includeRecoverableErrors) return undefined;
  return sinceMs + health.recoveryDuration;
}

/** Returns whether no error makes the status unhealthy at the time `nowMs`. */
export function isHealthy(status: Status, health: ComponentHealth, nowMs: number): boolean {
  const from = unhealthyFrom(status, health);
  return from === undefined || nowMs < from;
}
