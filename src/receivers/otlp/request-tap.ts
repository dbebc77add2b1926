import { doctorAgent } from '#component/views/clients-view.ts';
import type { RequestsView, TappedRequest } from '#component/views/requests-view.ts';

type Listener = (request: TappedRequest) => void;

/** Shows requests to listeners as they are read. Those of `pitot doctor` are not traffic. */
export class RequestTap implements RequestsView {
  readonly #listeners = new Set<Listener>();

  tap(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `describe` is called only if somebody listens. */
  offer(describe: () => TappedRequest): void {
    if (this.#listeners.size === 0) return;
    const request = describe();
    if (request.userAgent.startsWith(doctorAgent)) return;
    for (const listener of this.#listeners) listener(request);
  }
}
