import type { Factories } from '#config/load-config.ts';
import { debugExporterFactory } from '#exporters/debug/factory.ts';
import { fileExporterFactory } from '#exporters/file/factory.ts';
import { loadBalancingExporterFactory } from '#exporters/load-balancing/factory.ts';
import { nopExporterFactory } from '#exporters/nop/factory.ts';
import { otlpGrpcExporterFactory } from '#exporters/otlp-grpc/factory.ts';
import { otlpHttpExporterFactory } from '#exporters/otlp-http/factory.ts';
import { prometheusExporterFactory } from '#exporters/prometheus/factory.ts';
import { remoteWriteExporterFactory } from '#exporters/prometheus-remote-write/factory.ts';
import { basicAuthFactory } from '#extensions/basic-auth/factory.ts';
import { bearerTokenAuthFactory } from '#extensions/bearer-token-auth/factory.ts';
import { consoleFactory } from '#extensions/console/factory.ts';
import { fileStorageFactory } from '#extensions/file-storage/factory.ts';
import { headersSetterFactory } from '#extensions/headers-setter/factory.ts';
import { healthCheckFactory, healthCheckV2Factory } from '#extensions/health-check/factory.ts';
import { oauth2ClientFactory } from '#extensions/oauth2-client/factory.ts';
import { pprofFactory } from '#extensions/pprof/factory.ts';
import { zpagesFactory } from '#extensions/zpages/factory.ts';
import { attributesProcessorFactory } from '#processors/attributes/factory.ts';
import { batchProcessorFactory } from '#processors/batch/factory.ts';
import { cumulativeToDeltaProcessorFactory } from '#processors/cumulative-to-delta/factory.ts';
import { deltaToCumulativeProcessorFactory } from '#processors/delta-to-cumulative/factory.ts';
import { filterProcessorFactory } from '#processors/filter/factory.ts';
import { intervalProcessorFactory } from '#processors/interval/factory.ts';
import { k8sAttributesProcessorFactory } from '#processors/k8s-attributes/factory.ts';
import { memoryLimiterProcessorFactory } from '#processors/memory-limiter/factory.ts';
import { metricsTransformProcessorFactory } from '#processors/metrics-transform/factory.ts';
import { resourceProcessorFactory } from '#processors/resource/factory.ts';
import { resourceDetectionProcessorFactory } from '#processors/resource-detection/factory.ts';
import { transformProcessorFactory } from '#processors/transform/factory.ts';
import { nopReceiverFactory } from '#receivers/nop/factory.ts';
import { otlpReceiverFactory } from '#receivers/otlp/factory.ts';

/** The component types of this distribution. */
export const components: Factories = {
  receivers: [nopReceiverFactory, otlpReceiverFactory],
  processors: [
    attributesProcessorFactory,
    batchProcessorFactory,
    cumulativeToDeltaProcessorFactory,
    deltaToCumulativeProcessorFactory,
    filterProcessorFactory,
    intervalProcessorFactory,
    k8sAttributesProcessorFactory,
    memoryLimiterProcessorFactory,
    metricsTransformProcessorFactory,
    resourceDetectionProcessorFactory,
    resourceProcessorFactory,
    transformProcessorFactory,
  ],
  exporters: [
    debugExporterFactory,
    fileExporterFactory,
    loadBalancingExporterFactory,
    nopExporterFactory,
    otlpGrpcExporterFactory,
    otlpHttpExporterFactory,
    prometheusExporterFactory,
    remoteWriteExporterFactory,
  ],
  extensions: [
    basicAuthFactory,
    bearerTokenAuthFactory,
    consoleFactory,
    fileStorageFactory,
    headersSetterFactory,
    healthCheckFactory,
    healthCheckV2Factory,
    oauth2ClientFactory,
    pprofFactory,
    zpagesFactory,
  ],
};
