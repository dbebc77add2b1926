import type { ComponentSettings } from '#component/component.ts';
import { LogOnce } from '../log-once.ts';
import type { SeriesRecord } from '../stored-series.ts';

/** Reason why a point is inconsistent. The point counts nevertheless. */
export type OddReason = 'bucket_sum_mismatch' | 'start_after_time';

/** Metrics for which a reason is logged. */
const maxLogged = 20;

const messages: Readonly<Record<OddReason, string>> = {
  bucket_sum_mismatch: 'The bucket counts of a histogram do not add up to its count; correct the client',
  start_after_time: 'Points start after their own time; check the clock of the client',
};

/** Points that are added to a total although something is wrong with them: counted by reason, and logged once for each metric. */
export class OddPoints {
  readonly #settings: ComponentSettings;
  readonly #logs = new Map<OddReason, LogOnce>();

  constructor(settings: ComponentSettings) {
    this.#settings = settings;
  }

  note(reason: OddReason, { instrument: { metricName, target } }: SeriesRecord): void {
    const { id, logger, metrics } = this.#settings;
    metrics
      .counter(
        'pitot_accumulation_inconsistent_points_total',
        'Total number of data points that count although they contradict themselves, by reason.',
        { exporter: id, reason },
      )
      .add(1);
    const log = this.#logs.get(reason) ?? new LogOnce(logger, maxLogged);
    this.#logs.set(reason, log);
    log.warn(metricName, messages[reason], { metric: metricName, job: target.job ?? '', reason });
  }
}
