import { expect, test } from 'vitest';
import { closest, editDistance } from './closest.ts';

test('edits between words', () => {
  const f = (a: string, b: string, want: number) => {
    expect(editDistance(a, b)).toBe(want);
    expect(editDistance(b, a)).toBe(want);
  };
  f('', '', 0);
  f('otlp', '', 4);
  f('otlp', 'otlp', 0);
  f('oltp', 'otlp', 1);
  f('validat', 'validate', 1);
  f('debug', 'debut', 1);
  f('batch', 'patches', 3);
});

test('the word that was meant', () => {
  const f = (word: string, want: string | undefined) =>
    expect(closest(word, ['otlp', 'prometheus', 'debug', 'memory_limiter'])).toBe(want);
  f('oltp', 'otlp');
  f('Prometheus', 'prometheus');
  f('promethus', 'prometheus');
  f('memorylimiter', 'memory_limiter');
  f('jaeger', undefined);
  f('x', undefined);
});
