import { causesOf } from './causes.ts';
import { type ApiContext, offered } from './context.ts';
import { many } from './words.ts';

/** Time after which a rejection that is not repeated no longer matters to a pitot that receives data, ms. */
const recentMs = 3 * 60_000;

/** Order of severity. */
export const ranks = { error: 0, warning: 1, info: 2 } as const;

/** A reason why metrics are missing at the moment. */
export interface CurrentCause {
  readonly code: string;
  readonly title: string;
  /** Data that arrived. */
  readonly observed: string;
  readonly remedy: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly address: string;
  readonly count: number;
  readonly lastUnixMs: number;
}

/**
 * Returns the causes that still apply, the most severe and latest first. When data arrives for the first time, the mistakes before it are
 * corrected. Later, only recent ones count.
 */
export function currentCausesOf(context: ApiContext): CurrentCause[] {
  const { views, clock } = context;
  const times = offered(views, 'clients').flatMap(({ view }) => view.firstUnixMs ?? []);
  const since = times.length === 0 ? 0 : Math.max(Math.min(...times), clock.now() - recentMs);
  const rejected = causesOf(views).map(({ code, title, observed, remedy, level, rejected: requests }) => ({
    ...{ code, title, observed, remedy, level },
    ...{ address: requests.address, count: requests.count, lastUnixMs: requests.lastUnixMs },
  }));
  return [...emptyCause(context), ...rejected]
    .filter(({ lastUnixMs }) => lastUnixMs > since)
    .sort((a, b) => ranks[a.level] - ranks[b.level] || b.lastUnixMs - a.lastUnixMs);
}

/** Returns the cause if only requests without data arrive. */
function emptyCause({ views }: ApiContext): CurrentCause[] {
  const clients = offered(views, 'clients').map(({ view }) => view);
  const empty = clients.reduce((sum, { emptyRequests }) => sum + emptyRequests, 0);
  if (empty === 0 || clients.some(({ requests }) => requests > 0)) return [];
  const lastEmptyUnixMs = Math.max(...clients.map((view) => view.lastEmptyUnixMs ?? 0));
  const field = clients.find((view) => view.lastEmptyUnixMs === lastEmptyUnixMs)?.lastEmptyField;
  if (field !== undefined) {
    return [
      {
        code: 'json_fields',
        title: 'JSON arrives whose fields are not those of OTLP',
        observed: `the field ${JSON.stringify(field)} in ${many(empty, 'request')}`,
        remedy: 'The fields are resourceMetrics, scopeMetrics, metrics, gauge or sum, dataPoints, asDouble.',
        level: 'error',
        address: '',
        count: empty,
        lastUnixMs: lastEmptyUnixMs,
      },
    ];
  }
  return [
    {
      code: 'empty',
      title: 'Requests arrive, but contain no data points',
      observed: many(empty, 'empty request'),
      remedy:
        'The connection works. Task metrics exist only after a task has run: start a Dag, and check that AIRFLOW__METRICS__METRICS_ALLOW_LIST does not exclude everything.',
      level: 'warning',
      address: '',
      count: empty,
      lastUnixMs: lastEmptyUnixMs,
    },
  ];
}
