import { randomUUID } from 'node:crypto';
import type { Status } from '#api/overview.ts';
import { ConsoleClient } from '#client/console-client.ts';
import type { AirflowSettings } from './airflow-settings.ts';
import { airflowStep, type OtlpTarget } from './airflow-step.ts';
import { clientsStep, rejectedStep, scrapeStep } from './clients-step.ts';
import { hostOf, nameStep, portStep, proxyStep } from './network-steps.ts';
import { prometheusSteps } from './prometheus-steps.ts';
import { protocolStep } from './protocol-step.ts';
import type { Step } from './step.ts';
import { testPointStep } from './test-point-step.ts';

/** Parameters of {@link examine}. */
export interface ExamineOptions {
  readonly airflow: AirflowSettings;
  /** Endpoint to use instead of Airflow's. */
  readonly target: OtlpTarget | undefined;
  readonly metricsUrl: URL | undefined;
  readonly ownMetricsUrl: URL | undefined;
  readonly consoleUrl: URL | undefined;
  readonly prometheusUrl: URL | undefined;
  /** Headers for the console and Prometheus. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: string | undefined;
  readonly isInsecure: boolean;
  readonly timeoutMs: number;
}

/** Follows the path of a metric. Yields each step, and ends after the first one that is `no`. */
export async function* examine(options: ExamineOptions): AsyncGenerator<Step, void> {
  for await (const step of steps(options)) {
    yield step;
    if (step.result === 'no') return;
  }
}

async function* steps(options: ExamineOptions): AsyncGenerator<Step, void> {
  const { timeoutMs, headers, prometheusUrl } = options;
  let airflowTarget: OtlpTarget | undefined;
  if (options.target === undefined) {
    const { step, target } = airflowStep(options.airflow);
    yield step;
    airflowTarget = target;
  }
  const { console, status } = await consoleOf(options, options.target ?? airflowTarget);
  const target = options.target ?? airflowTarget ?? localTarget(status);
  const { url } = target;
  yield await nameStep(url);
  const proxy = proxyStep(url, options.airflow.environment);
  if (proxy) yield proxy;
  yield await portStep(url, timeoutMs);
  yield await protocolStep(target, { ...options, ports: portsOf(status) });
  const metricsUrl = options.metricsUrl ?? metricsUrlOf(url, status);
  yield await testPointStep(target, { ...options, metricsUrl, check: `pitot-doctor-${randomUUID()}` });
  const ownMetricsUrl = options.ownMetricsUrl ?? new URL(`http://${url.hostname}:8888/metrics`);
  const reports = { console, status, metricsUrl, ownMetricsUrl, timeoutMs };
  const clients = await clientsStep(reports);
  yield clients;
  const rejected = clients.result === 'yes' ? await rejectedStep(reports) : undefined;
  if (rejected) yield rejected;
  if (prometheusUrl === undefined) yield await scrapeStep(reports);
  else yield* await prometheusSteps({ url: prometheusUrl, metricsUrl, headers, timeoutMs });
}

/** Returns the given console, or the one that usually belongs to the receiver, if it responds. */
async function consoleOf(
  { consoleUrl, headers, timeoutMs }: ExamineOptions,
  target: OtlpTarget | undefined,
): Promise<{ readonly console: ConsoleClient | undefined; readonly status: Status | undefined }> {
  const usual = `http://${target?.url.hostname ?? 'localhost'}:8890`;
  const console = new ConsoleClient({ url: consoleUrl?.href ?? usual, headers, timeoutMs });
  try {
    return { console, status: await console.get<Status>('status') };
  } catch (error) {
    if (consoleUrl !== undefined) throw error;
    return { console: undefined, status: undefined };
  }
}

function portIn(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Returns the ports of the receiver, by default the usual ones. */
function portsOf(status: Status | undefined): { readonly http: string; readonly grpc: string } {
  const port = (purpose: string, usual: string) => {
    const listener = status?.listeners.find((each) => each.purpose === purpose);
    return listener ? portIn(listener.address) : usual;
  };
  return { http: port('otlp_http', '4318'), grpc: port('otlp_grpc', '4317') };
}

/** Returns the receiver on this machine. */
function localTarget(status: Status | undefined): OtlpTarget {
  const http = status?.listeners.find(({ purpose }) => purpose === 'otlp_http');
  const grpc = status?.listeners.find(({ purpose }) => purpose === 'otlp_grpc');
  const scheme = (listener: typeof http) => (listener?.hasTls ? 'https' : 'http');
  if (!http && grpc) {
    const url = new URL(`${scheme(grpc)}://localhost:${portIn(grpc.address)}`);
    return { url, protocol: 'grpc', headers: {} };
  }
  const port = http ? portIn(http.address) : '4318';
  const url = new URL(`${scheme(http)}://localhost:${port}${http?.path || '/v1/metrics'}`);
  return { url, protocol: 'http', headers: {} };
}

/** Returns the URL of the output of the pitot with the receiver, by default on port 8889. */
function metricsUrlOf(receiver: URL, status: Status | undefined): URL {
  const listener = status?.listeners.find(({ purpose }) => purpose === 'metrics');
  const host = hostOf(receiver).includes(':') ? `[${hostOf(receiver)}]` : hostOf(receiver);
  if (!listener) return new URL(`http://${host}:8889/metrics`);
  return new URL(`${listener.hasTls ? 'https' : 'http'}://${host}:${portIn(listener.address)}${listener.path}`);
}
