import { expect, test } from 'vitest';
import { parseComponentId, parsePipelineId } from './component-id.ts';

test('ids of components', () => {
  const f = (text: string, id: string, type: string) => expect(parseComponentId(text)).toEqual({ id, type });
  f('otlp', 'otlp', 'otlp');
  f('otlp/a', 'otlp/a', 'otlp');
  f(' otlp / a ', 'otlp/a', 'otlp');
  f('otlp/a/b', 'otlp/a/b', 'otlp');
  f('memory_limiter/2', 'memory_limiter/2', 'memory_limiter');
  f('otlp/é', 'otlp/é', 'otlp');
});

test('what is no id', () => {
  const f = (text: string, message: string) => expect(() => parseComponentId(text)).toThrow(message);
  f('', 'id must not be empty');
  f('  ', 'id must not be empty');
  f('/x', 'in "/x" id: the part before / should not be empty');
  f('otlp/', 'in "otlp/" id: the part after / should not be empty');
  f('ot lp', 'in "ot lp" id: invalid character(s) in type "ot lp"');
  f('1otlp', 'invalid character(s) in type "1otlp"');
  f(`a${'b'.repeat(63)}`, 'invalid character(s) in type');
  f('otlp/a b', 'in "a b" id: invalid character(s) in name "a b"');
  f('otlp/a$b', 'invalid character(s) in name');
  f(`otlp/${'a'.repeat(1025)}`, 'is longer than 1024 characters (1025 characters)');
});

test('ids of pipelines', () => {
  expect(parsePipelineId('metrics')).toEqual({ id: 'metrics', signal: 'metrics' });
  expect(parsePipelineId(' logs / a')).toEqual({ id: 'logs/a', signal: 'logs' });
  expect(() => parsePipelineId('metricz')).toThrow('in "metricz" id: unknown pipeline signal: "metricz"');
  expect(() => parsePipelineId('metrics/')).toThrow('in "metrics/" id: the part after / should not be empty');
});
