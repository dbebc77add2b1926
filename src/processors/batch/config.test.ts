import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { batchConfig } from './config.ts';

/* Each answer is the real collector's. */
test.each([
  [{}, []],
  [{ timeout: '-1s' }, ['timeout must be greater or equal to 0']],
  [{ send_batch_max_size: 5 }, ['send_batch_max_size must be greater or equal to send_batch_size']],
  [{ send_batch_size: 5, send_batch_max_size: 5 }, []],
  [{ metadata_keys: ['a', 'A'] }, ['duplicate entry in metadata_keys: "a" (case-insensitive)']],
])('%j', (raw, expected) => {
  const parsed = parseConfig(batchConfig, raw);
  expect(parsed.ok && validateConfig(batchConfig, parsed.value).map(({ message }) => message)).toEqual(expected);
});

test('negative sizes are refused while decoding', () => {
  const parsed = parseConfig(batchConfig, { send_batch_size: -1 });
  expect(!parsed.ok && parsed.failure.message).toContain(
    "'send_batch_size' cannot parse value as 'uint32': -1 overflows uint",
  );
});
