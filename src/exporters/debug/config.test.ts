import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { debugConfig } from './config.ts';

function problems(raw: unknown): string[] {
  const parsed = parseConfig(debugConfig, raw);
  if (!parsed.ok) return [parsed.failure.message.split('\n').at(-1)!];
  return validateConfig(debugConfig, parsed.value).map(({ path, message }) => (path ? `${path}: ${message}` : message));
}

test('without settings: basic, the first two of a second and all others, through the log', () => {
  const parsed = parseConfig(debugConfig, null);
  expect(parsed).toMatchObject({
    value: { verbosity: 'basic', samplingInitial: 2, samplingThereafter: 1, useInternalLogger: true },
  });
  expect(parsed.ok && parsed.value.sendingQueue).toBeUndefined();
});

test('verbosity in any case', () => {
  expect(parseConfig(debugConfig, { verbosity: 'DeTailed' })).toMatchObject({ value: { verbosity: 'detailed' } });
});

test('a queue without settings has the defaults of exporters', () => {
  expect(parseConfig(debugConfig, { sending_queue: null })).toMatchObject({
    value: { sendingQueue: { queueSize: 1000, numConsumers: 10, sizer: 'requests', blockOnOverflow: false } },
  });
});

const internal = 'output_paths is not supported when use_internal_logger is true';
const empty = 'output_paths must not be empty when use_internal_logger is false';

/* Each answer is the real collector's. */
test.each([
  [{ verbosity: 'none' }, ['verbosity level "None" is not supported']],
  [{ verbosity: 'foo' }, ['\'verbosity\' unknown metrics level "foo"']],
  [{ verbosity: '' }, ['\'verbosity\' unknown metrics level ""']],
  [{ verbosity: null }, []],
  [{ output_paths: null }, []],
  [{ output_paths: [] }, [internal]],
  [{ output_paths: ['stdout'] }, [internal]],
  [{ output_paths: [], use_internal_logger: false }, [empty]],
  [{ output_paths: '', use_internal_logger: false }, [empty]],
  [{ output_paths: 'stdout,/tmp/x', use_internal_logger: false }, []],
  [{ output_paths: null, use_internal_logger: false }, []],
  [{ sampling_initial: -1, sampling_thereafter: -3 }, []],
  [{ sending_queue: {} }, []],
  [{ sending_queue: { num_consumers: 0 } }, ['sending_queue: `num_consumers` must be positive']],
  [{ sending_queue: { queue_size: 0 } }, ['sending_queue: `queue_size` must be positive']],
  [{ sending_queue: { batch: null } }, []],
  [
    { sending_queue: { sizer: 'items', batch: { min_size: 1000000 } } },
    ['sending_queue: `min_size` must be less than or equal to `queue_size`'],
  ],
  [
    { sending_queue: { wait_for_result: true, storage: 'file_storage' } },
    ['sending_queue: `wait_for_result` is not supported with a persistent queue configured with `storage`'],
  ],
  [
    { sending_queue: { batch: { flush_timeout: '0s' } } },
    ['sending_queue: batch: `flush_timeout` must be positive, found 0'],
  ],
  [
    { sending_queue: { batch: { min_size: 2, max_size: 1 } } },
    ['sending_queue: batch: `max_size` (1) must be greater or equal to `min_size` (2)'],
  ],
  [{ foo: 1, bar: 2 }, ["'debugexporter.Config' has invalid keys: bar, foo"]],
])('%j', (raw, expected) => {
  expect(problems(raw)).toEqual(expected);
});
