import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeFamilies } from '../../../test/support/decode-families.ts';
import { renderExposition } from '../../../test/support/render-exposition.ts';
import { escapingSchemes } from './escaping.ts';
import { openMetricsFormat } from './openmetrics-format.ts';
import { protobufFormat } from './protobuf-format.ts';
import { protobufTextFormat } from './protobuf-text-format.ts';
import { textFormat } from './text-format.ts';

/*
 * 60 awkward families, written by the library that the collector uses (prometheus/common 0.69.0): see testdata/README.md.
 */
const read = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url));
const families = decodeFamilies(read('families.allow-utf-8.pb'));

describe.each(escapingSchemes)("output equals the Collector's library with escaping=%s", (scheme) => {
  test('text 0.0.4', () => {
    const theirs = read(`families.${scheme}.txt`).latin1Slice();
    const want = withoutTimesBefore1970(theirs);
    expect(want).not.toBe(theirs);
    expect(renderExposition(textFormat(scheme), families)).toBe(want);
  });

  test('OpenMetrics', () => {
    const theirs = read(`families.${scheme}.openmetrics.txt`).latin1Slice();
    const want = withoutExemplarsOfUnknown(theirs);
    expect(want).not.toBe(theirs);
    expect(renderExposition(openMetricsFormat('1.0.0', scheme), families)).toBe(want);
    expect(renderExposition(openMetricsFormat('0.0.1', scheme), families)).toBe(want);
  });
});

/** A difference: Prometheus refuses a text response with a time before 1970. */
const withoutTimesBefore1970 = (page: string) => page.replace(/^([^#\n].* [-+.\dA-Za-z]+) -\d+$/gm, '$1');

/** Another difference: Prometheus refuses a response with an exemplar in a family of unknown type. */
function withoutExemplarsOfUnknown(page: string): string {
  let isUnknown = false;
  const lines = page.split('\n').map((line) => {
    if (line.startsWith('# TYPE ')) isUnknown = line.endsWith(' unknown');
    return isUnknown ? line.replace(/ # \{.*$/, '') : line;
  });
  return lines.join('\n');
}

test.each(['underscores', 'allow-utf-8'] as const)(
  "delimited protobuf equals the collector's library's with escaping=%s",
  (scheme) => {
    expect(renderExposition(protobufFormat(scheme), families)).toBe(read(`families.${scheme}.pb`).latin1Slice());
  },
);

test.each(['text', 'compact-text'] as const)(
  "protobuf %s equals the collector's library's but for blanks",
  (encoding) => {
    const got = renderExposition(protobufTextFormat(encoding, 'allow-utf-8'), families.slice(0, 20));
    const want = read(`families.${encoding}-proto.txt`).latin1Slice();
    expect(got).toBe(want.replace(/: {2}/g, ': ').replace(/(?<=\S) {2}/g, ' '));
  },
);

test('OpenMetrics ends with its mark even when there is nothing', () => {
  expect(renderExposition(openMetricsFormat('1.0.0', 'underscores'), [])).toBe('# EOF\n');
  expect(renderExposition(textFormat('underscores'), [])).toBe('');
});
