import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { memoryLimiterConfig } from './config.ts';
import { memoryLimiterProcessorFactory } from './factory.ts';

const host = { extension: () => undefined, fatal: () => {} };
const never = () => new AbortController().signal;

function config(raw: object) {
  const parsed = parseConfig(memoryLimiterConfig, { check_interval: '1ms', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

test('passes on and counts accepted data', async () => {
  const settings = testSettings('memory_limiter');
  let passed = 0;
  const processor = memoryLimiterProcessorFactory.create.metrics!(config({ limit_mib: 1_000_000 }), settings, {
    consume: ({ dataPointCount }) => {
      passed += dataPointCount;
      return undefined;
    },
  });
  await processor.start(host);
  expect(processor.consume({ resourceMetrics: [], dataPointCount: 5 }, noClientContext)).toBeUndefined();
  await processor.shutdown(never());
  await processor.shutdown(never());
  expect(passed).toBe(5);
  const labels = { processor: 'memory_limiter' };
  expect(settings.measured('otelcol_processor_memory_limiter_accepted_metric_points', labels)).toBe(5);
});

test('what may not pass is refused for now, counted; pipelines of one id share the limiter', async () => {
  const settings = testSettings('memory_limiter');
  const shared = config({
    limit_mib: 1,
    min_gc_interval_when_soft_limited: '1h',
    min_gc_interval_when_hard_limited: '1h',
  });
  const next = { consume: () => expect.unreachable() };
  const metrics = memoryLimiterProcessorFactory.create.metrics!(shared, settings, next);
  const traces = memoryLimiterProcessorFactory.create.traces!(shared, settings, next);
  expect(settings.logged.filter((line) => line.includes('Memory limiter configured')).length).toBe(1);
  await metrics.start(host);
  while (!settings.logged.some((line) => line.includes('Refusing data')))
    await new Promise((done) => setTimeout(done, 1));
  const refused = metrics.consume({ resourceMetrics: [], dataPointCount: 5 }, noClientContext);
  await expect(refused).rejects.toThrow(
    new RetryableError('data refused due to high memory usage', { retryAfterSeconds: 5 }),
  );
  await expect(traces.consume({ resourceSpans: [], spanCount: 3 }, noClientContext)).rejects.toThrow('refused');
  await metrics.shutdown(never());
  const labels = { processor: 'memory_limiter' };
  expect(settings.measured('otelcol_processor_memory_limiter_refused_metric_points', labels)).toBe(5);
  expect(settings.measured('otelcol_processor_memory_limiter_refused_spans', labels)).toBe(3);
});
