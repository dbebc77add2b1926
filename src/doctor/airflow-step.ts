import { type AirflowVersion, airflowVariables } from '#airflow/versions.ts';
import { type AirflowSettings, hasSettings, isTrue, metricsOption } from './airflow-settings.ts';
import { no, type Step, skipped, yes } from './step.ts';
import { checkAirflow } from './surroundings.ts';

const name = 'Airflow';
const intervalMs = 30_000;

/** Destination and protocol of a client. */
export interface OtlpTarget {
  /** For HTTP: with the path of metrics. */
  readonly url: URL;
  readonly protocol: 'http' | 'grpc';
  readonly headers: Readonly<Record<string, string>>;
}

/** Checks whether Airflow's settings make it send OTLP, and where. `target` is set only with `yes`. */
export function airflowStep(settings: AirflowSettings): { readonly step: Step; readonly target?: OtlpTarget } {
  if (!hasSettings(settings)) {
    const text = 'there are no settings of Airflow in this environment';
    return { step: skipped(name, text, `To check them: ${checkAirflow}`) };
  }
  const isAirflow = Object.keys(settings.environment).some((key) => key.startsWith('AIRFLOW_'));
  const problem = isAirflow || settings.metricsSection.size > 0 ? switchProblem(settings) : undefined;
  if (problem) return { step: problem };
  if (isTrue(settings.environment.OTEL_SDK_DISABLED)) {
    const text = 'OTEL_SDK_DISABLED is true: the SDK records nothing and sends nothing';
    return { step: no(name, text, 'Unset OTEL_SDK_DISABLED in every process of Airflow.') };
  }
  const { version } = settings;
  const chosen = endpointOf(settings);
  if ('problem' in chosen) return { step: chosen.problem };
  const { url, protocol, from } = chosen;
  const release = version === undefined ? 'A client' : `Airflow ${version.version}`;
  const how = protocol === 'grpc' ? 'gRPC' : 'HTTP';
  return {
    step: yes(name, `${release} sends to ${url.href} over ${how} (${from})`),
    target: { url, protocol, headers: headersOf(settings) },
  };
}

/** Checks `[metrics] otel_on` and `statsd_on`. */
function switchProblem(settings: AirflowSettings): Step | undefined {
  const otelOn = metricsOption(settings, 'otel_on');
  if (!isTrue(otelOn)) {
    const text = `AIRFLOW__METRICS__OTEL_ON is ${otelOn === undefined ? 'not set' : JSON.stringify(otelOn)}: Airflow sends no OTLP`;
    return no(name, text, setVariables(settings.version));
  }
  if (isTrue(metricsOption(settings, 'statsd_on'))) {
    const text = 'AIRFLOW__METRICS__STATSD_ON is true: Airflow sends StatsD instead of OTLP, and logs nothing about it';
    return no(name, text, 'Set AIRFLOW__METRICS__STATSD_ON=False in every process of Airflow.');
  }
  return undefined;
}

function setVariables(version: AirflowVersion | undefined): string {
  const variables = Object.entries(airflowVariables({ host: '<host>', port: 4318, intervalMs }, version));
  return `Set in every process of Airflow: ${variables.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

type Endpoint =
  | { readonly url: URL; readonly protocol: 'http' | 'grpc'; readonly from: string }
  | { readonly problem: Step };

function endpointOf(settings: AirflowSettings): Endpoint {
  const { environment, version } = settings;
  const own = environment.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const general = environment.OTEL_EXPORTER_OTLP_ENDPOINT;
  const isRead = version?.readsOtelVariables !== false;
  if (isRead && (own || general)) return fromOtelVariables(settings);
  const host = metricsOption(settings, 'otel_host');
  const port = metricsOption(settings, 'otel_port');
  if (!isRead && (own || general) && host === undefined) {
    const text = `Airflow ${version!.version} ignores OTEL_EXPORTER_OTLP_ENDPOINT, and sends to ${version!.defaultEndpoint}`;
    return { problem: no(name, text, setVariables(version)) };
  }
  if (host === undefined && port === undefined) {
    const text = `no endpoint is set${version ? `: Airflow ${version.version} sends to ${version.defaultEndpoint}` : ''}`;
    return { problem: no(name, text, setVariables(version)) };
  }
  const scheme = isTrue(metricsOption(settings, 'otel_ssl_active')) ? 'https' : 'http';
  const usual = version?.readsOtelVariables === false;
  const authority = `${host ?? (usual ? 'localhost' : 'None')}:${port ?? (usual ? '8889' : 'None')}`;
  const url = URL.parse(`${scheme}://${authority}/v1/metrics`);
  if (url === null || url.hostname === 'none') {
    const text = `[metrics] otel_host and otel_port make the endpoint ${scheme}://${authority}/v1/metrics`;
    return { problem: no(name, text, setVariables(version)) };
  }
  return (
    portProblem(url, 'AIRFLOW__METRICS__OTEL_PORT=4318') ?? {
      url,
      protocol: 'http',
      from: 'AIRFLOW__METRICS__OTEL_HOST and _PORT',
    }
  );
}

/** Checks for ports of pitot that receive nothing, such as 8889, which Prometheus scrapes, and which is Airflow's own default. `setting`: what to set instead. */
function portProblem(url: URL, setting: string): { readonly problem: Step } | undefined {
  const purpose = {
    '8888': 'which Prometheus reads',
    '8889': 'which Prometheus reads',
    '8890': 'which is the console',
    '13133': 'which is the health check',
  }[url.port];
  if (purpose === undefined) return undefined;
  const text = `the endpoint ${url.href} has port ${url.port}, ${purpose}`;
  return { problem: no(name, text, `pitot receives on 4318 (HTTP) and 4317 (gRPC): set ${setting}.`) };
}

function fromOtelVariables({ environment }: AirflowSettings): Endpoint {
  const own = environment.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const variable = own ? 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = (own || environment.OTEL_EXPORTER_OTLP_ENDPOINT) ?? '';
  const protocol = environment.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL || environment.OTEL_EXPORTER_OTLP_PROTOCOL;
  const isGrpc = protocol === 'grpc';
  const wrong = (problem: string, remedy: string) => ({ problem: no(name, problem, remedy) });
  if (protocol !== undefined && protocol !== '' && protocol !== 'grpc' && protocol !== 'http/protobuf') {
    const known = 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or grpc.';
    return wrong(`the protocol ${JSON.stringify(protocol)} is not one that Airflow supports`, known);
  }
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : isGrpc ? `https://${text}` : '');
  if (url === null) {
    return wrong(`${variable}=${text} is not a URL`, `Write it with its scheme: ${variable}=http://<host>:4318.`);
  }
  const corrected = text.replace(/:(?:888[89]|8890|13133)(?=\/|$)/, isGrpc ? ':4317' : ':4318');
  const portWrong = portProblem(url, `${variable}=${corrected}`);
  if (portWrong) return portWrong;
  if (isGrpc && url.port === '4318') {
    return wrong(
      'gRPC is sent to port 4318, which receives HTTP',
      `Use port 4317 in ${variable}, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.`,
    );
  }
  if (!isGrpc && url.port === '4317') {
    return wrong(
      'HTTP is sent to port 4317, which receives gRPC',
      `Use port 4318 in ${variable}, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.`,
    );
  }
  if (isGrpc) return { url, protocol: 'grpc', from: variable };
  if (own === undefined || own === '') {
    if (/\/v1\/(metrics|traces|logs)\/?$/.test(url.pathname)) {
      const remedy = `Leave the path out of ${variable}, or use OTEL_EXPORTER_OTLP_METRICS_ENDPOINT for an endpoint with a path.`;
      return wrong(`${variable}=${text} already has a path, and the SDK appends /v1/metrics to it`, remedy);
    }
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/metrics`;
  }
  return { url, protocol: 'http', from: variable };
}

/** Returns the headers of OTEL_EXPORTER_OTLP_HEADERS, if this version of Airflow reads it. */
function headersOf({ environment, version }: AirflowSettings): Record<string, string> {
  if (version?.readsHeadersVariable === false) return {};
  const text = environment.OTEL_EXPORTER_OTLP_METRICS_HEADERS ?? environment.OTEL_EXPORTER_OTLP_HEADERS ?? '';
  return parseHeaders(text);
}

/** Parses `name=value,name=value` with URL-encoded values. */
function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const value = pair.slice(equals + 1).trim();
    headers[pair.slice(0, equals).trim()] = decoded(value);
  }
  return headers;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
