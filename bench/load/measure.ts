import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type BatchShape, batchBodies, churnBodies, recordedBodies } from './bodies.ts';
import { post, postFrom } from './post.ts';
import { Replay } from './replay.ts';
import { type ScrapeFormat, scrape } from './scrape.ts';
import { Server, type ServerOptions, type Subject } from './server.ts';

/** Connections of a load that represents several clients. */
const connections = 8;

/** Measures one subject in one round, in the unit of the row. Returns undefined if the subject does not support the work. */
export type Measure = (subject: Subject) => Promise<number | undefined>;

/** Starts a subject, passes it to `work`, and stops it afterwards. */
async function using<T>(subject: Subject, options: ServerOptions, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await Server.start(subject, options);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function cpuOf(server: Server, work: () => Promise<unknown>): Promise<number> {
  const before = server.cpuSeconds();
  await work();
  return server.cpuSeconds() - before;
}

/**
 * Measures requests per CPU second with bodies that the server has received before. Sends four times as many requests before the
 * measurement, because pitot becomes faster during the first ten thousand requests.
 */
export function requestsPerCpuSecond(
  bodies: () => readonly Buffer[],
  count: number,
  options: ServerOptions = {},
): Measure {
  return (subject) =>
    using(subject, options, async (server) => {
      const replay = new Replay(bodies(), connections);
      await postFrom(server.otlpPort, replay, { count: 4 * count, connections });
      return count / (await cpuOf(server, () => postFrom(server.otlpPort, replay, { count, connections })));
    });
}

/** Measures batches per CPU second if every batch contains only new series. Sends `warmUp` batches of other series first. */
export function newSeriesPerCpuSecond(
  shape: BatchShape,
  { warmUp = shape.batches, ...options }: ServerOptions & { warmUp?: number } = {},
): Measure {
  return (subject) =>
    using(subject, options, async (server) => {
      const others = [...batchBodies({ ...shape, batches: warmUp, first: 1_000_000 })];
      if (warmUp > 0) await post(server.otlpPort, others, { count: warmUp, connections: 1 });
      const bodies = [...batchBodies(shape)];
      const count = bodies.length;
      return count / (await cpuOf(server, () => post(server.otlpPort, bodies, { count, connections: 1 })));
    });
}

/** Measures CPU seconds of one scrape after every series has changed: the mean of `times` scrapes, after one for warm-up. */
export function scrapeCpuSeconds(shape: BatchShape, format: ScrapeFormat, times = 3): Measure {
  return (subject) =>
    using(subject, {}, async (server) => {
      let cpu = 0;
      for (let round = 0; round <= times; round++) {
        const bodies = [...batchBodies({ ...shape, round })];
        await post(server.otlpPort, bodies, { count: bodies.length, connections: 1 });
        const cost = await cpuOf(server, () => scrape(server.metricsPort, format));
        if (round > 0) cpu += cost;
      }
      return cpu / times;
    });
}

/** Measures resident MB after five scrapes, each after new values of all series. */
export function residentMbAfterScrapes(shape: BatchShape): Measure {
  return (subject) =>
    using(subject, {}, async (server) => {
      for (let round = 0; round < 5; round++) {
        const bodies = [...batchBodies({ ...shape, round })];
        await post(server.otlpPort, bodies, { count: bodies.length, connections: 1 });
        await scrape(server.metricsPort);
      }
      return server.residentMb();
    });
}

/** Measures resident MB some seconds after the start. */
export const idleResidentMb: Measure = (subject) =>
  using(subject, {}, async (server) => {
    await new Promise((done) => setTimeout(done, 4_000));
    return server.residentMb();
  });

/** Measures resident MB after `count` requests of real Airflow traffic. */
export function residentMbAfterRequests(count: number): Measure {
  return (subject) =>
    using(subject, { debug: true }, async (server) => {
      await post(server.otlpPort, recordedBodies('airflow-3.3'), { count });
      return server.residentMb();
    });
}

/** Measures milliseconds from the start to the first 200. Ignores the first start, which has cold file caches. */
export const startMs: Measure = async (subject) => {
  await using(subject, {}, async () => undefined);
  return using(subject, {}, async (server) => server.startMs);
};

/** Measures CPU seconds of a scrape after `processes` short-lived task processes. In pitot, accumulation is enabled. */
export function churnScrapeCpuSeconds(processes: number): Measure {
  return (subject) => {
    const prometheus = subject.isPitot ? { accumulation: { enabled: true } } : {};
    return using(subject, { prometheus }, async (server) => {
      await post(server.otlpPort, [...churnBodies('airflow-3.3', processes)], { count: processes });
      await scrape(server.metricsPort);
      return (
        (await cpuOf(server, async () => {
          for (let time = 0; time < 5; time++) await scrape(server.metricsPort);
        })) / 5
      );
    });
  };
}

/** Measures CPU microseconds per point of existing series. `series`: number of series. */
export function ingestMicrosecondsPerPoint(series: number): Measure {
  const shape: BatchShape = { kind: 'counter', batches: series / 1000, metrics: 10, points: 100, step: 100 };
  return (subject) =>
    using(subject, {}, async (server) => {
      const bodies = [...batchBodies(shape)];
      const replay = new Replay(bodies, 1);
      await postFrom(server.otlpPort, replay, { count: bodies.length, connections: 1 });
      const count = Math.max(bodies.length, 1000);
      const cpu = await cpuOf(server, () => postFrom(server.otlpPort, replay, { count, connections: 1 }));
      return (cpu * 1e6) / (count * 1000);
    });
}

/** Measures CPU microseconds per series of a text scrape after all series have changed. */
export function scrapeMicrosecondsPerSeries(series: number): Measure {
  const shape: BatchShape = { kind: 'counter', batches: series / 1000, metrics: 10, points: 100, step: 100 };
  return async (subject) => {
    const seconds = await scrapeCpuSeconds(shape, 'text', series > 100_000 ? 1 : 5)(subject);
    return seconds === undefined ? undefined : (seconds * 1e6) / series;
  };
}

/** Measures resident MB with `series` series after one scrape. */
export function residentMbWith(series: number): Measure {
  const shape: BatchShape = { kind: 'counter', batches: series / 1000, metrics: 10, points: 100, step: 100 };
  return (subject) =>
    using(subject, {}, async (server) => {
      for (const body of batchBodies(shape)) await post(server.otlpPort, [body], { count: 1, connections: 1 });
      await scrape(server.metricsPort);
      return server.residentMb();
    });
}

/** Measures the 99th percentile of the latency of small requests in milliseconds during a scrape of `series` series. */
export function ingestMsDuringScrape(series: number): Measure {
  const shape: BatchShape = { kind: 'counter', batches: series / 1000, metrics: 10, points: 100, step: 100 };
  return (subject) =>
    using(subject, {}, async (server) => {
      for (const body of batchBodies(shape)) await post(server.otlpPort, [body], { count: 1, connections: 1 });
      let scraping = true;
      // Another thread reads the response, so that this one can measure the small requests.
      const reader = new Worker(new URL('scrape-worker.ts', import.meta.url), { workerData: server.metricsPort });
      const scraped = once(reader, 'exit').then(() => {
        scraping = false;
      });
      const latencies: number[] = [];
      const small = recordedBodies('airflow-3.3').slice(0, 1);
      while (scraping)
        latencies.push(...(await post(server.otlpPort, small, { count: 1, connections: 1 })).latenciesMs);
      await scraped;
      return latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0;
    });
}

/** Measures CPU time with accumulation divided by CPU time without, for Airflow traffic of new processes. */
export function accumulationCost(processes: number): Measure {
  return async (subject) => {
    if (!subject.isPitot) return undefined;
    const bodies = [...churnBodies('airflow-3.3', processes)];
    const cost = (prometheus: object) =>
      using(subject, { prometheus }, (server) =>
        cpuOf(server, () => post(server.otlpPort, bodies, { count: processes })),
      );
    const off = await cost({});
    return (await cost({ accumulation: { enabled: true } })) / off;
  };
}
