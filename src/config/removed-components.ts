import type { ComponentKind } from '#component/component.ts';

const otlp = 'the exporter "otlp"';
const otlpHttp = 'the exporter "otlphttp"';

/** Component types that otelcol-contrib removed, by kind, with their replacements. */
const removed: Readonly<Record<ComponentKind, Readonly<Record<string, string>>>> = {
  receiver: {
    opencensus: 'the receiver "otlp"',
    prometheus_exec: 'the receiver "prometheus"',
    sapm: 'the receiver "otlp"',
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
    dynatrace: otlpHttp,
    elastic: otlp,
    f5cloud: otlpHttp,
    honeycomb: otlp,
    humio: otlpHttp,
    instana: otlp,
    jaeger: otlp,
    jaeger_thrift: otlp,
    jaeger_thrift_http: otlp,
    kinetica: otlp,
    lightstep: otlp,
    loki: `${otlpHttp} with Loki's endpoint /otlp`,
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
    memory_ballast: 'the environment variable GOMEMLIMIT',
  },
};

/** Returns the replacement of a component type that otelcol-contrib removed. Undefined for any other type. */
export function successorOf(kind: ComponentKind, type: string): string | undefined {
  return Object.hasOwn(removed[kind], type) ? removed[kind][type] : undefined;
}
