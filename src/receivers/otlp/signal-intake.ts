import type { ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { SignalItems } from '#component/signals.ts';
import type { Format } from './export-response.ts';
import type { Client } from './source-table.ts';

/** The steps of one signal's requests that do not depend on the transport. */
export interface SignalHandling<Data> {
  /** Decodes a request completely. @throws DecodeError when any part of it is malformed */
  readonly decode: Readonly<Record<Format, (body: Buffer) => Data>>;
  readonly items: SignalItems<Data>;
  readonly next: Consumer<Data>;
  /** Records who sends, for those who look. */
  readonly sources?: Sources<Data>;
}

interface Sources<Data> {
  received(data: Data, bytes: number, client: Client): void;
  receivedEmpty(): void;
  refused(data: Data): void;
}

interface Counter {
  add(value: number): void;
}

interface Counters {
  readonly accepted: Counter;
  readonly refused: Counter;
  readonly failed: Counter;
}

/** Where a request comes from: what the pipeline may know, and what is only recorded. */
export interface Sender {
  readonly context: ClientContext;
  readonly client: Client;
}

/** The way of one signal's requests from bytes to the pipeline, with the collector's counters for a transport. */
export class SignalIntake<Data> {
  readonly #handling: SignalHandling<Data>;
  readonly #createCounters: () => Counters;
  #counters: Counters | undefined;

  constructor(handling: SignalHandling<Data>, settings: ComponentSettings, transport: 'http' | 'grpc') {
    this.#handling = handling;
    const { name, words } = handling.items;
    const labels = { receiver: settings.id, transport };
    const counter = (outcome: string, help: string) =>
      settings.metrics.counter(`otelcol_receiver_${outcome}_${name}`, `${help} [Alpha]`, labels);
    this.#createCounters = () => ({
      accepted: counter('accepted', `Number of ${words} successfully pushed into the pipeline.`),
      refused: counter('refused', `Number of ${words} that could not be pushed into the pipeline.`),
      failed: counter(
        'failed',
        `The number of ${words} that failed to be processed by the receiver due to internal errors.`,
      ),
    });
  }

  /**
   * Decodes a request and hands it on. Returns nothing when the pipeline accepted it at once, else a promise. A request
   * without items ends here.
   * @throws DecodeError, or what the pipeline says; the promise rejects with the latter
   */
  take(body: Buffer, format: Format, { context, client }: Sender): Promise<void> | undefined {
    const { decode, items, sources } = this.#handling;
    const data = decode[format](body);
    const count = items.count(data);
    if (count === 0) {
      sources?.receivedEmpty();
      return undefined;
    }
    sources?.received(data, body.length, client);
    let accepted: Promise<void> | undefined;
    try {
      accepted = this.#handling.next.consume(data, context);
    } catch (error) {
      this.#record(0, count);
      sources?.refused(data);
      throw error;
    }
    if (accepted === undefined) {
      this.#record(count, 0);
      return undefined;
    }
    return accepted.then(
      () => this.#record(count, 0),
      (error: unknown) => {
        this.#record(0, count);
        sources?.refused(data);
        throw error;
      },
    );
  }

  /** All three appear with the first request, as the collector's do. */
  #record(accepted: number, refused: number): void {
    if (this.#counters === undefined) {
      this.#counters = this.#createCounters();
      for (const counter of Object.values(this.#counters)) counter.add(0);
    }
    if (accepted > 0) this.#counters.accepted.add(accepted);
    if (refused > 0) this.#counters.refused.add(refused);
  }
}
