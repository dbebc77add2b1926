import { type Catalog, loadFactories } from '#config/catalog.ts';
import type { Factories } from '#config/load-config.ts';
import type { RawMap } from '#config/raw-value.ts';

/** The component types of this distribution. A test compares the names with those of the factories. */
const catalog: Catalog = {
  receivers: [
    [['nop'], async () => (await import('#receivers/nop/factory.ts')).nopReceiverFactory],
    [['otlp'], async () => (await import('#receivers/otlp/factory.ts')).otlpReceiverFactory],
  ],
  processors: [
    [['attributes'], async () => (await import('#processors/attributes/factory.ts')).attributesProcessorFactory],
    [['batch'], async () => (await import('#processors/batch/factory.ts')).batchProcessorFactory],
    [
      ['cumulative_to_delta', 'cumulativetodelta'],
      async () => (await import('#processors/cumulative-to-delta/factory.ts')).cumulativeToDeltaProcessorFactory,
    ],
    [
      ['delta_to_cumulative', 'deltatocumulative'],
      async () => (await import('#processors/delta-to-cumulative/factory.ts')).deltaToCumulativeProcessorFactory,
    ],
    [['filter'], async () => (await import('#processors/filter/factory.ts')).filterProcessorFactory],
    [['interval'], async () => (await import('#processors/interval/factory.ts')).intervalProcessorFactory],
    [
      ['k8s_attributes', 'k8sattributes'],
      async () => (await import('#processors/k8s-attributes/factory.ts')).k8sAttributesProcessorFactory,
    ],
    [
      ['memory_limiter'],
      async () => (await import('#processors/memory-limiter/factory.ts')).memoryLimiterProcessorFactory,
    ],
    [
      ['metrics_transform', 'metricstransform'],
      async () => (await import('#processors/metrics-transform/factory.ts')).metricsTransformProcessorFactory,
    ],
    [
      ['resource_detection', 'resourcedetection'],
      async () => (await import('#processors/resource-detection/factory.ts')).resourceDetectionProcessorFactory,
    ],
    [['resource'], async () => (await import('#processors/resource/factory.ts')).resourceProcessorFactory],
    [['transform'], async () => (await import('#processors/transform/factory.ts')).transformProcessorFactory],
  ],
  exporters: [
    [['debug', 'logging'], async () => (await import('#exporters/debug/factory.ts')).debugExporterFactory],
    [['file'], async () => (await import('#exporters/file/factory.ts')).fileExporterFactory],
    [
      ['load_balancing', 'loadbalancing'],
      async () => (await import('#exporters/load-balancing/factory.ts')).loadBalancingExporterFactory,
    ],
    [['nop'], async () => (await import('#exporters/nop/factory.ts')).nopExporterFactory],
    [['otlp_grpc', 'otlp'], async () => (await import('#exporters/otlp-grpc/factory.ts')).otlpGrpcExporterFactory],
    [['otlp_http', 'otlphttp'], async () => (await import('#exporters/otlp-http/factory.ts')).otlpHttpExporterFactory],
    [['prometheus'], async () => (await import('#exporters/prometheus/factory.ts')).prometheusExporterFactory],
    [
      ['prometheus_remote_write', 'prometheusremotewrite'],
      async () => (await import('#exporters/prometheus-remote-write/factory.ts')).remoteWriteExporterFactory,
    ],
  ],
  extensions: [
    [['basicauth', 'basic_auth'], async () => (await import('#extensions/basic-auth/factory.ts')).basicAuthFactory],
    [
      ['bearertokenauth', 'bearer_token_auth'],
      async () => (await import('#extensions/bearer-token-auth/factory.ts')).bearerTokenAuthFactory,
    ],
    [['console'], async () => (await import('#extensions/console/factory.ts')).consoleFactory],
    [['file_storage'], async () => (await import('#extensions/file-storage/factory.ts')).fileStorageFactory],
    [['headers_setter'], async () => (await import('#extensions/headers-setter/factory.ts')).headersSetterFactory],
    [['health_check'], async () => (await import('#extensions/health-check/factory.ts')).healthCheckFactory],
    [['healthcheckv2'], async () => (await import('#extensions/health-check/factory.ts')).healthCheckV2Factory],
    [
      ['oauth2client', 'oauth2_client'],
      async () => (await import('#extensions/oauth2-client/factory.ts')).oauth2ClientFactory,
    ],
    [['pprof'], async () => (await import('#extensions/pprof/factory.ts')).pprofFactory],
    [['zpages'], async () => (await import('#extensions/zpages/factory.ts')).zpagesFactory],
  ],
};

/** Loads the factories of the types that a configuration names; without a configuration, those of all types. */
export const factoriesFor = (raw?: RawMap): Promise<Factories> => loadFactories(catalog, raw);
