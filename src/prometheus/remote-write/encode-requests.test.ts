import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { drained } from '#flow/slices.ts';
import { contentTypeV2, type DecodedRequest, decodeRemoteWrite } from '../../../test/support/decode-remote-write.ts';
import { type EncodedRequest, encodeRequests, type ProtocolVersion } from './encode-requests.ts';
import { transcodeToV1 } from './transcode-to-v1.ts';
import { staleMarker, type WriteSeries } from './write-series.ts';

const versions = ['1.0', '2.0'] as const;

function encoded(series: readonly WriteSeries[], version: ProtocolVersion, maxBytes = 1e6): EncodedRequest[] {
  return drained(encodeRequests(series, [], { version, maxBytes }));
}

function decoded({ body, version }: EncodedRequest): DecodedRequest {
  return decodeRemoteWrite(body, version === '2.0' ? contentTypeV2 : '');
}

const counter: WriteSeries = {
  labels: { names: ['Z', '__name__', 'a'], values: ['\xc3\xa9', 'm_total', 'b'] },
  samples: [
    { value: 1.5, timestampMs: 1_700_000_000_000, startMs: 1_600_000_000_000 },
    { value: staleMarker, timestampMs: 1_700_000_001_000, startMs: 0 },
    { value: Number.NaN, timestampMs: -5, startMs: 0 },
  ],
  histograms: [],
  exemplars: [{ labels: { names: ['trace_id'], values: ['t'] }, value: 0, timestampMs: 3 }],
  metadata: { type: 1, help: 'help', unit: 'seconds' },
};
const native: WriteSeries = {
  labels: { names: ['__name__'], values: ['n'] },
  samples: [],
  histograms: [
    {
      isStale: false,
      count: 2 ** 60,
      sum: -1.5,
      schema: -4,
      zeroThreshold: 1e-128,
      zeroCount: 3,
      positive: { spans: [{ offset: -7, length: 2 }], deltas: [1, -1] },
      negative: { spans: [{ offset: 0, length: 1 }], deltas: [2 ** 40] },
      timestampMs: 7,
      startMs: 5,
    },
  ],
  exemplars: [],
  metadata: { type: 3, help: '', unit: '' },
};

describe.each(versions)('version %s', (version) => {
  const start = version === '2.0' ? '<1600000000000' : '';

  it('writes every field', () => {
    const [request] = encoded([counter, native], version);
    expect(request!.counts).toEqual({ series: 2, samples: 3, histograms: 1, exemplars: 1 });
    const { series } = decoded(request!);
    expect(series[0]).toMatchObject({
      labels: 'Z="é",__name__="m_total",a="b"',
      samples: [`1.5@1700000000000${start}`, 'stale@1700000001000', 'NaN@-5'],
      exemplars: ['{trace_id="t"} 0@3'],
    });
    expect(series[1]!.histograms).toEqual([
      {
        time: version === '2.0' ? '7<5' : '7',
        count: String(2n ** 60n),
        sum: '-1.5',
        schema: -4,
        zero: '3 1e-128',
        positive: '-7+2:1 -1',
        negative: `0+1:${2 ** 40}`,
      },
    ]);
  });

  it('keeps requests within the limit, and every series whole', () => {
    const series = Array.from({ length: 1_000 }, (_, i) => ({
      ...counter,
      labels: { names: ['__name__', 'i'], values: ['m', `value ${i}`] },
    }));
    const requests = encoded(series, version, 5_000);
    for (const { body } of requests) expect(decodeSnappyBlock(body, 1e6).length).toBeLessThanOrEqual(5_000);
    expect(requests.flatMap((request) => decoded(request).series.map(({ labels }) => labels))).toEqual(
      series.map(({ labels }) => `__name__="m",i="${labels.values[1]}"`),
    );
  });

  it('sends a series above the limit alone', () => {
    expect(encoded([counter, counter], version, 1)).toHaveLength(2);
  });

  it('pauses between series', () => {
    const work = encodeRequests(
      Array.from({ length: 1_200 }, () => counter),
      [],
      { version, maxBytes: 1e9 },
    );
    let pauses = 0;
    while (!work.next().done) pauses += 1;
    expect(pauses).toBeGreaterThanOrEqual(2);
  });
});

it('sends metadata of version 1.0 in separate requests', () => {
  const family = { name: 'm', type: 1, help: 'héllo'.replace('é', '\xc3\xa9'), unit: 's' };
  const requests = drained(encodeRequests([counter], [family, family], { version: '1.0', maxBytes: 30 }));
  expect(requests.map((request) => decoded(request).metadata)).toEqual([[], ...[['m 1 "héllo" s', 'm 1 "héllo" s']]]);
});

it('sends each text once with version 2.0', () => {
  const [request] = encoded([counter, counter, counter], '2.0');
  const bytes = decodeSnappyBlock(request!.body, 1e6).toString('latin1');
  expect(bytes.split('m_total')).toHaveLength(2);
});

it('transcodes version 2.0 to what version 1.0 would have been', () => {
  const text = fc.string({ maxLength: 5, unit: fc.constantFrom('a', 'b', '\xc3\xa9', '_') });
  const labels = fc
    .uniqueArray(text, { minLength: 1, maxLength: 4 })
    .map((names) => ({ names: [...names].sort(), values: names.map((name) => `${name}v`) }));
  const time = fc.integer({ min: 1, max: 2 ** 45 });
  const sample = fc.record({ value: fc.double(), timestampMs: time, startMs: time });
  const exemplar = fc.record({ labels, value: fc.double(), timestampMs: time });
  const one = fc.record({
    labels,
    samples: fc.array(sample, { maxLength: 3 }),
    histograms: fc.constantFrom([], native.histograms),
    exemplars: fc.array(exemplar, { maxLength: 2 }),
    metadata: fc.constant(counter.metadata),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (series) => {
      const [second] = encoded(series, '2.0');
      const transcoded = drained(transcodeToV1(second!));
      expect(transcoded.version).toBe('1.0');
      expect(withoutStart(decoded(transcoded))).toEqual(decoded(encoded(series, '1.0')[0]!));
    }),
  );
});

/** Receivers of version 1.0 do not know the field of start timestamps, but the schema of this test does. */
function withoutStart(request: DecodedRequest): DecodedRequest {
  return JSON.parse(JSON.stringify(request).replaceAll(/<\d+"/g, '"'));
}
