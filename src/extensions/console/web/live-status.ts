import type { ServiceViews } from '#component/views/service-views.ts';
import type { ApiContext } from '../api/context.ts';
import { statusOf } from '../api/status.ts';
import type { EventStream } from './event-streams.ts';

/** Interval of events, ms. */
const periodMs = 2_000;

/** Sends `status` events to all open consoles. Computes nothing while none is open. */
export class LiveStatus {
  readonly #context: ApiContext;
  readonly #streams = new Set<EventStream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  /** Adds a stream. Its first event follows immediately. */
  add(stream: EventStream): void {
    this.#streams.add(stream);
    stream.send('status', statusOf(this.#context));
    this.#timer ??= setInterval(() => this.#send(), periodMs).unref();
  }

  remove(stream: EventStream | undefined): void {
    if (stream) this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #send(): void {
    const ready = [...this.#streams].filter(({ isReady }) => isReady);
    if (ready.length === 0) return;
    const status = statusOf(this.#context);
    for (const stream of ready) stream.send('status', status);
  }
}

/** Empty views, for tests. */
export const noViews: ServiceViews = {
  components: () => [],
  readings: () => [],
  events: () => [],
  problems: () => [],
  logEntries: () => [],
  configuration: () => ({ text: '', origins: [], remarks: [], sources: [] }),
  configurationOnDisk: () => Promise.resolve({ text: '', origins: [], remarks: [], sources: [] }),
  ownMetrics: () => Promise.resolve(''),
};
