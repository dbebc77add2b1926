import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { attributesConfig } from './config.ts';
import { attributesProcessorFactory } from './factory.ts';

test('a configuration without actions is invalid', () => {
  const parsed = parseConfig(attributesConfig, {});
  expect(parsed.ok && validateConfig(attributesConfig, parsed.value)).toMatchObject([
    { path: '', message: 'missing required field "actions"' },
  ]);
});

test('unknown keys are reported with their path', () => {
  const parsed = parseConfig(attributesConfig, { actions: [{ foo: 1 }], include: { bar: 1 } });
  const message = parsed.ok ? '' : parsed.failure.message;
  expect(message).toContain("'include' has invalid keys: bar");
  expect(message).toContain("'actions[0]' has invalid keys: foo");
});

test('an invalid action is an error when the processor is created', () => {
  const next = { consume: () => undefined };
  const parsed = parseConfig(attributesConfig, { actions: [{ key: 'a' }] });
  expect(() =>
    attributesProcessorFactory.create.metrics!(parsed.ok ? parsed.value : ({} as never), {} as never, next),
  ).toThrow('unsupported action ""');
});
