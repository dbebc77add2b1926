import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { networkReason, requestHttp } from '#client/http-request.ts';
import { type AirflowTraffic, type TrafficRequest, unixNano } from './airflow-traffic.ts';

/** Parameters of {@link runLoad}. */
export interface LoadOptions {
  /** URL of the receiver, such as `http://localhost:4318`. */
  readonly to: string;
  readonly processesPerMinute: number;
  /** Infinity runs until `stopped` aborts. */
  readonly durationMs: number;
  /** Interval of the scheduler's requests. */
  readonly schedulerIntervalMs: number;
  /** Maximum number of requests in flight. If the receiver is slower, further requests wait. */
  readonly maxInFlight: number;
  readonly stopped: AbortSignal;
  /** Additional headers, such as credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Time to wait for each answer. */
  readonly timeoutMs: number;
}

type PostOptions = Pick<LoadOptions, 'headers' | 'timeoutMs'> & { readonly agent: Agent };

/** What was sent, and what the receiver accepted. */
export interface LoadResult {
  readonly requests: number;
  readonly bytes: number;
  /** Accepted task tries by state: the expected increase of `airflow_ti_finish_total`. */
  readonly finishes: { success: number; failed: number };
  /** Failed requests by reason, with their number. */
  readonly failed: ReadonlyMap<string, number>;
}

/** Sends synthetic traffic at a constant rate until the duration has passed. */
export async function runLoad(traffic: AirflowTraffic, options: LoadOptions): Promise<LoadResult> {
  const result = { requests: 0, bytes: 0, finishes: { success: 0, failed: 0 }, failed: new Map<string, number>() };
  const inFlight = new Set<Promise<void>>();
  const url = new URL('v1/metrics', options.to.endsWith('/') ? options.to : `${options.to}/`);

  const { Agent } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const agent = new Agent({ keepAlive: true });

  const send = async ({ body, state }: TrafficRequest) => {
    const problem = await post(url, body, { ...options, agent });
    result.requests += 1;
    result.bytes += body.length;
    if (problem !== undefined) result.failed.set(problem, (result.failed.get(problem) ?? 0) + 1);
    else if (state !== undefined) result.finishes[state] += 1;
  };
  const start = async (request: TrafficRequest) => {
    while (inFlight.size >= options.maxInFlight) await Promise.race(inFlight);
    const sending: Promise<void> = send(request).finally(() => inFlight.delete(sending));
    inFlight.add(sending);
  };

  const began = performance.now();
  const spacingMs = 60_000 / options.processesPerMinute;
  let dueMs = 0;
  let schedulerDueMs = 0;
  while (!options.stopped.aborted && dueMs < options.durationMs) {
    const waitMs = began + dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: options.stopped }).catch(() => undefined);
    if (options.stopped.aborted) break;
    if (dueMs >= schedulerDueMs) {
      await start(traffic.scheduler(unixNano(Date.now())));
      schedulerDueMs += options.schedulerIntervalMs;
    }
    await start(traffic.taskTry(unixNano(Date.now())));
    dueMs += spacingMs;
  }
  await Promise.all(inFlight);
  agent.destroy();
  return result;
}

/** Posts a body. Returns undefined when it was accepted, otherwise the reason. */
async function post(url: URL, body: Buffer, { headers, timeoutMs, agent }: PostOptions): Promise<string | undefined> {
  const own = { 'content-type': 'application/x-protobuf', 'user-agent': 'OTel-OTLP-Exporter-Python/1.45.2' };
  try {
    const { status } = await requestHttp(url, {
      method: 'POST',
      headers: { ...own, ...headers },
      body,
      timeoutMs,
      agent,
    });
    return status >= 200 && status <= 299 ? undefined : `HTTP ${status}`;
  } catch (error) {
    return networkReason(error);
  }
}
