import type { z } from 'zod';
import { airflowSchema } from '#api/airflow.ts';
import { cardinalitySchema } from '#api/cardinality.ts';
import { gettingStartedSchema, historySchema, problemsSchema, scrapesSchema, statusSchema } from '#api/overview.ts';
import { requestsSchema } from '#api/requests.ts';
import { lineageSchema, metricSchema, metricsSchema, seriesSchema } from '#api/series.ts';
import { configSchema, logSchema, pipelinesSchema, sourcesSchema } from '#api/service.ts';
import { tailSchema } from '#api/tail.ts';
import { airflowOf } from './airflow.ts';
import { cardinalityOf } from './cardinality.ts';
import { configOf } from './configuration.ts';
import type { ApiContext } from './context.ts';
import { gettingStartedOf } from './getting-started.ts';
import { historyOf, scrapesOf } from './history.ts';
import { lineageOf } from './lineage.ts';
import { logOf } from './log.ts';
import { metricOf } from './metric.ts';
import { metricsOf } from './metrics.ts';
import type { Parameters } from './parameters.ts';
import { pipelinesOf } from './pipelines.ts';
import { problemsOf } from './problems.ts';
import { seriesOf } from './series.ts';
import { sourcesOf } from './sources.ts';
import { statusOf } from './status.ts';

/** A path of the API with a JSON response. */
export interface Endpoint {
  readonly about: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly schema: z.ZodType;
  /** `host`: name by which the client reaches this server. */
  answer(context: ApiContext, parameters: Parameters, host: string): unknown;
}

const page = { offset: 'Number of entries to skip.', limit: 'Number of entries to return.' };

/** Paths below `/api/v1/`. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  status: {
    about: 'Verdict, rates, totals, scrapers, memory, listeners',
    parameters: {},
    schema: statusSchema,
    answer: statusOf,
  },
  history: {
    about: 'Points per second, series, scrape time, memory, and errors over the last hour, with marks',
    parameters: {},
    schema: historySchema,
    answer: historyOf,
  },
  scrapes: { about: 'The latest scrapes, newest first', parameters: {}, schema: scrapesSchema, answer: scrapesOf },
  'getting-started': {
    about: 'Steps from a running pitot to a scraped metric, causes of missing ones, and variables to copy',
    parameters: {},
    schema: gettingStartedSchema,
    answer: (context, _, host) => gettingStartedOf(context, host),
  },
  problems: {
    about: 'Everything that is dropped, refused, rejected, or in conflict',
    parameters: {},
    schema: problemsSchema,
    answer: problemsOf,
  },
  metrics: {
    about: 'Metric families',
    parameters: {
      search: 'Words that the name or help contains.',
      sort: '`name`, `series`, `points`, or `type`; with `-` in descending order.',
      ...page,
    },
    schema: metricsSchema,
    answer: metricsOf,
  },
  metric: {
    about: 'One metric family: labels, series, lines, latest minutes',
    parameters: { name: 'Name in the `/metrics` output.', ...page },
    schema: metricSchema,
    answer: metricOf,
  },
  series: {
    about: 'Series that match',
    parameters: {
      match: 'Selector such as `name{label="value",other=~"re.*"}`, or words that name or labels contain.',
      sort: '`name`, `value`, or `updated`; with `-` in descending order.',
      ...page,
    },
    schema: seriesSchema,
    answer: seriesOf,
  },
  lineage: {
    about: 'How one series results from its data: OTLP metric, rules, labels, streams, and the output of the Collector',
    parameters: { series: 'Selector of the series.' },
    schema: lineageSchema,
    answer: lineageOf,
  },
  cardinality: {
    about: 'Metrics, labels, and values of the series, their growth, and rules that remove a label',
    parameters: {
      match: 'Selector or words, as for `series`. Empty selects all series.',
      top: 'Number of metrics, labels, and pairs to list. 20 by default, 100 or fewer.',
    },
    schema: cardinalitySchema,
    answer: cardinalityOf,
  },
  airflow: {
    about: 'Dags, tasks, heartbeats, pools, executors, and Dag processing of Airflow, from the stored series',
    parameters: { search: 'Words that the names of the Dag and the task contain.' },
    schema: airflowSchema,
    answer: airflowOf,
  },
  sources: { about: 'Processes that send', parameters: {}, schema: sourcesSchema, answer: sourcesOf },
  pipelines: {
    about: 'Pipelines with rates and queues, and components that pitot ignores',
    parameters: {},
    schema: pipelinesSchema,
    answer: pipelinesOf,
  },
  config: {
    about:
      'The effective configuration without secrets, the origin of its parts, and its differences from the files on disk',
    parameters: {},
    schema: configSchema,
    answer: configOf,
  },
  log: { about: 'The latest warnings and errors', parameters: {}, schema: logSchema, answer: logOf },
};

/** Paths that return server-sent events. `schema` is that of their data. */
export const eventEndpoints: Readonly<Record<string, Pick<Endpoint, 'about' | 'parameters' | 'schema'>>> = {
  live: { about: 'Event `status` every two seconds', parameters: {}, schema: statusSchema },
  tail: {
    about: 'Event `points` with data points as they arrive, and their lines in the output',
    parameters: {
      metric: 'Part of a metric name, or a pattern with `*`. OTLP names and names in the `/metrics` output match.',
      match: 'Words that the name, job, process, or an attribute contains, or `key=value`.',
    },
    schema: tailSchema,
  },
  requests: {
    about:
      'Event `requests` with requests as receivers read them, for `pitot record`. A console without `auth` answers only clients on the same host or in the same pod. Two recordings can run; each receives bodies up to 4 MiB, 8 MiB per second',
    parameters: {},
    schema: requestsSchema,
  },
};
