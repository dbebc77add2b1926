import type { ComponentSettings } from '#component/component.ts';
import type { RequestCounts } from '#prometheus/remote-write/encode-requests.ts';
import type { Written } from './protocol.ts';

type Counter = { add(value: number): void };

/** Own metrics of a Remote Write exporter: the Collector's, and pitot's for what receivers refuse. */
export class SenderMetrics {
  readonly #sentBatches: Counter;
  readonly #written: Readonly<Record<keyof Written, Counter>>;
  readonly #rejected: Readonly<Record<keyof Written, Counter>>;

  constructor({ id, metrics }: ComponentSettings, endpoint: string) {
    const labels = { exporter: id, endpoint };
    const collector = (name: string, help: string) =>
      metrics.counter(`otelcol_exporter_prometheusremotewrite_${name}`, `${help} [Development]`, labels);
    this.#sentBatches = collector(
      'sent_batches',
      'Number of remote write request batches sent to the remote write endpoint regardless of success or failure',
    );
    const written = (what: string, kind: string) =>
      collector(
        `written_${what}`,
        `Number of Prometheus ${kind} that were successfully written to the remote write endpoint (only available when using remote write v2)`,
      );
    this.#written = {
      samples: written('samples', 'Samples'),
      histograms: written('histograms', 'Histograms'),
      exemplars: written('exemplars', 'Exemplars'),
    };
    const rejected = (type: string) =>
      metrics.counter(
        'pitot_remote_write_rejected_total',
        'Total number of samples, native histograms, and exemplars that the receiver has rejected. They are lost.',
        { exporter: id, type },
      );
    this.#rejected = {
      samples: rejected('sample'),
      histograms: rejected('histogram'),
      exemplars: rejected('exemplar'),
    };
  }

  /** Call before each attempt. */
  batchSent(): void {
    this.#sentBatches.add(1);
  }

  /** Counts what a receiver of version 2.0 has stored. */
  written(written: Written): void {
    for (const kind of kinds) if (written[kind] > 0) this.#written[kind].add(written[kind]);
  }

  /** Counts what a receiver of version 2.0 has not stored. */
  notWritten(sent: RequestCounts, written: Written): void {
    for (const kind of kinds) {
      const missing = sent[kind] - written[kind];
      if (missing > 0) this.#rejected[kind].add(missing);
    }
  }

  /** Counts a request of version 1.0 that was rejected. The receiver may have stored a part of it. */
  rejected(sent: RequestCounts): void {
    this.notWritten(sent, { samples: 0, histograms: 0, exemplars: 0 });
  }
}

const kinds = ['samples', 'histograms', 'exemplars'] as const;
