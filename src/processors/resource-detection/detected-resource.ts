import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { ResourceDetectionConfig } from './config.ts';
import type { Detected, Detector } from './detector.ts';
import { mergedAttributes, mergedSchemaUrl } from './merge.ts';

/**
 * Runs all detectors and merges their attributes. The first detector that sets an attribute takes precedence.
 * @throws Error if a detector fails until the deadline
 */
export async function detectResource(
  detectors: ReadonlyMap<string, Detector>,
  { retry, timeout }: Pick<ResourceDetectionConfig, 'retry' | 'timeout'>,
  logger: Logger,
  stop: AbortSignal,
): Promise<Detected> {
  logger.info('began detecting resource information');
  const budget = retry.maxElapsedTime > 0 ? retry.maxElapsedTime : timeout;
  const deadline = budget > 0 ? AbortSignal.any([stop, AbortSignal.timeout(timerDelay(budget))]) : stop;
  const results = await Promise.allSettled(
    [...detectors].map(([name, detect]) => repeated(name, detect, retry, logger, deadline)),
  );
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => (reason as Error).message);
  if (failed.length > 0) throw new Error(failed.join('\n'));
  let merged: Detected = { attributes: [], schemaUrl: '' };
  for (const { value } of results as PromiseFulfilledResult<Detected>[]) {
    merged = {
      attributes: mergedAttributes(merged.attributes, value.attributes, false),
      schemaUrl: mergedSchemaUrl(merged.schemaUrl, value.schemaUrl),
    };
  }
  const resource = Object.fromEntries(merged.attributes.map(({ key, value }) => [key, plain(value)]));
  logger.info('detected resource information', { resource });
  return merged;
}

async function repeated(
  name: string,
  detect: Detector,
  { enabled, initialInterval, multiplier, maxInterval }: ResourceDetectionConfig['retry'],
  logger: Logger,
  deadline: AbortSignal,
): Promise<Detected> {
  for (let pause = initialInterval; ; pause = Math.min(pause * multiplier, maxInterval)) {
    try {
      return await untilAborted(detect, deadline);
    } catch (error) {
      const { message } = error as Error;
      // Same texts as the Collector.
      logger.warn(enabled ? 'failed to detect resource, will retry' : 'failed to detect resource', {
        detector: name,
        error: message,
      });
      if (!enabled || deadline.aborted) throw error;
      await delay(pause, undefined, { signal: deadline }).catch(() => {});
      if (deadline.aborted) throw error;
    }
  }
}

/** Runs a detector. Rejects if the deadline passes first, regardless of its pending work. */
function untilAborted(detect: Detector, deadline: AbortSignal): Promise<Detected> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error('context deadline exceeded'));
  if (deadline.aborted) abort();
  deadline.addEventListener('abort', abort, { once: true });
  const finished = Promise.resolve().then(() => detect(deadline));
  return Promise.race([finished, promise]).finally(() => deadline.removeEventListener('abort', abort));
}

function plain(value: AnyValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'object' && 'kind' in value && value.kind === 'array' ? value.values.map(plain) : value;
}
