import { collectorVersion } from '#build-info.ts';

/** `User-Agent` of Remote Write requests, same as of the Collector. */
export const remoteWriteUserAgent = `opentelemetry-collector-contrib/${collectorVersion}`;
