import type { Clock, ComponentId } from '#component/component.ts';
import type { ServiceEvent } from '#component/views/service-views.ts';

const maxEvents = 200;

/** Events of the service, and components that currently have problems. */
export class ServiceHistory {
  readonly #clock: Clock;
  readonly #problems = new Map<ComponentId, string>();
  #events: ServiceEvent[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The latest 200 events, oldest first. */
  get events(): readonly ServiceEvent[] {
    return this.#events;
  }

  get problems(): readonly { readonly id: ComponentId; readonly message: string }[] {
    return [...this.#problems].map(([id, message]) => ({ id, message }));
  }

  add(kind: ServiceEvent['kind'], text: string): void {
    this.#events.push({ unixMs: this.#clock.now(), kind, text });
    if (this.#events.length > maxEvents) this.#events = this.#events.slice(-maxEvents);
  }

  /** Records a problem of a component, or its recovery if undefined. */
  reportStatus(id: ComponentId, problem: Error | undefined): void {
    const known = this.#problems.get(id);
    if (problem?.message === known) return;
    if (problem) this.#problems.set(id, problem.message);
    else this.#problems.delete(id);
    if (problem && known === undefined) this.add('degraded', `${id}: ${problem.message}`);
    if (!problem) this.add('recovered', id);
  }

  /** Removes a component that no longer exists, with its problem. */
  forget(id: ComponentId): void {
    this.#problems.delete(id);
  }
}
