import { useMemo, useState } from 'preact/hooks';
import { Chart } from '../chart.tsx';
import { count } from '../format.ts';
import { Panel } from '../parts.tsx';

interface LatestMinutesProps {
  readonly title: string;
  readonly history: { readonly unixMs: readonly number[]; readonly values: readonly (number | null)[] };
  /** Whether the value is a total, whose growth says more than itself. */
  readonly isTotal: boolean;
}

/** The values of the latest minutes; of a total also the growth, as a query would show it. */
export function LatestMinutes({ title, history, isTotal }: LatestMinutesProps) {
  const [isGrowth, setGrowth] = useState(false);
  const growth = useMemo(() => perMinute(history), [history]);
  const choices = (
    <span class="choices">
      <button type="button" aria-pressed={!isGrowth} onClick={() => setGrowth(false)}>
        total
      </button>
      <button type="button" aria-pressed={isGrowth} onClick={() => setGrowth(true)}>
        per minute
      </button>
    </span>
  );
  return (
    <Panel title="Latest minutes" aside={isTotal ? choices : undefined}>
      <Chart
        title={isGrowth ? `${title}, growth per minute` : title}
        times={history.unixMs}
        values={isGrowth ? growth : history.values}
        format={count}
        height={120}
      />
    </Panel>
  );
}

/** A total that falls has begun again, and counts from 0. */
function perMinute({ unixMs, values }: LatestMinutesProps['history']): (number | null)[] {
  return values.map((value, i) => {
    const before = values[i - 1];
    if (value === null || before === null || before === undefined) return null;
    const grown = value >= before ? value - before : value;
    return (grown / (unixMs[i]! - unixMs[i - 1]!)) * 60_000;
  });
}
