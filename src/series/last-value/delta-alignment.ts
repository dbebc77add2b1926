import type { Logger } from '#component/component.ts';
import type { DataPoint } from '#pdata/metrics.ts';
import { signedTime } from '../point-times.ts';

/** Relation of a delta to the stored value: it begins at its end, later, or earlier. */
export type Alignment = 'continues' | 'restarts' | 'misaligned';

/**
 * Determines how deltas of histograms follow each other, and logs the Collector's warnings
 * (docs/reference/collector-behaviour.md#last-value-rules, #exporter-log-messages).
 */
export class DeltaAlignment {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  of(
    point: DataPoint,
    stored: { readonly startUnixNano: bigint; readonly timeUnixNano: bigint },
    metricName: string,
  ): Alignment {
    const start = signedTime(point.startTimeUnixNano);
    if (start === stored.timeUnixNano) return 'continues';
    this.#logger.warn('Misaligned starting timestamps', {
      ip_start_time: goTime(start),
      pp_start_time: goTime(stored.startUnixNano),
      pp_timestamp: goTime(stored.timeUnixNano),
      ip_timestamp: goTime(signedTime(point.timeUnixNano)),
    });
    if (start > stored.timeUnixNano) return 'restarts';
    this.#logger.warn('Dropped misaligned histogram datapoint', { metric_name: metricName });
    return 'misaligned';
  }
}

/** Formats a time like Go: `2023-11-14 22:13:20.123 +0000 UTC`. */
function goTime(unixNano: bigint): string {
  const seconds = unixNano / 1_000_000_000n - (unixNano % 1_000_000_000n < 0n ? 1n : 0n);
  const nanos = unixNano - seconds * 1_000_000_000n;
  const [date, time] = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', '').split('T');
  const fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${date} ${time}${fraction} +0000 UTC`;
}
