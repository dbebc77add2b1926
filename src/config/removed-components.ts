import type { ComponentKind } from '#component/component.ts';

const otlp = 'the exporter "otlp"';
const toJaeger = `${otlp} with the endpoint HOST:4317 and tls: {insecure: true}`;
const otlpHttp = 'the exporter "otlphttp"';

/** Component types that otelcol-contrib removed, by kind, with their replacements. */
const removed: Readonly<Record<ComponentKind, Readonly<Record<string, string>>>> = {
  receiver: {
    bigip: 'a Prometheus exporter for BIG-IP',
    dotnet_diagnostics: 'the receiver "otlp"',
    file: 'the receiver "otlpjsonfile"',
    jmx: 'JMX Scraper, which sends to the receiver "otlp"',
    opencensus: 'the receiver "otlp"',
    prometheus_exec: 'the receiver "prometheus"',
    sapm: 'the receiver "otlp"',
    signalfx: 'the receiver "otlp"',
    wavefront: 'the receiver "otlp"',
  },
  processor: {
    datadog: 'the connector "datadog"',
    experimental_metricsgeneration: 'the processor "metricsgeneration"',
    k8s_tagger: 'the processor "k8sattributes"',
    logstransform: 'the processor "transform"',
    queued_retry: 'the settings "sending_queue" and "retry_on_failure" of exporters',
    routing: 'the connector "routing"',
    servicegraph: 'the connector "servicegraph"',
    spanmetrics: 'the connector "spanmetrics"',
    websocket: 'the processor "remotetap"',
  },
  exporter: {
    awsprometheusremotewrite: 'the exporter "prometheusremotewrite" with the extension "sigv4auth"',
    carbon: otlpHttp,
    dynatrace: otlpHttp,
    elastic: otlp,
    f5cloud: otlpHttp,
    honeycomb: otlp,
    humio: otlpHttp,
    instana: otlp,
    jaeger: toJaeger,
    jaeger_thrift: toJaeger,
    jaeger_thrift_http: toJaeger,
    kinetica: otlp,
    lightstep: otlp,
    logging: 'the exporter "debug"',
    loki: `${otlpHttp} with the endpoint http://HOST:3100/otlp`,
    newrelic: otlpHttp,
    observiq: otlp,
    opencensus: otlp,
    parquet: 'the exporter "file"',
    sapm: otlpHttp,
    signalfx_correlation: otlpHttp,
    skywalking: otlp,
    stackdriver: 'the exporter "googlecloud"',
    tanzuobservability: otlp,
  },
  extension: {
    fluentbit: 'a sidecar',
    kafkatopicsobserver: 'the topic patterns of the receiver "kafka"',
    memory_ballast: 'the environment variable GOMEMLIMIT',
  },
};

/** Removed exporters that never accepted metrics, with the signals that they accepted. */
const withoutMetrics: Readonly<Record<string, string>> = {
  honeycomb: 'traces',
  humio: 'traces and logs',
  instana: 'traces',
  jaeger: 'traces',
  jaeger_thrift: 'traces',
  jaeger_thrift_http: 'traces',
  loki: 'logs',
  sapm: 'traces',
  signalfx_correlation: 'traces',
  skywalking: 'traces and logs',
};

/** Returns the replacement of a component type that otelcol-contrib removed. Undefined for any other type. */
export function successorOf(kind: ComponentKind, type: string): string | undefined {
  return Object.hasOwn(removed[kind], type) ? removed[kind][type] : undefined;
}

/** Returns what to write in a metrics pipeline instead of a component that otelcol-contrib removed. */
export function metricsRemedy(kind: ComponentKind, type: string): string | undefined {
  const successor = successorOf(kind, type);
  if (successor === undefined) return undefined;
  const accepted = kind === 'exporter' ? withoutMetrics[type] : undefined;
  if (accepted !== undefined) return `remove it from this pipeline; it accepted only ${accepted}`;
  if (successor.startsWith('the connector')) {
    return `remove it from this pipeline; pitot does not support its successor, ${successor}`;
  }
  return `use ${successor}, which has other settings`;
}
