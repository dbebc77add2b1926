import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { decodeUtf8 } from '#bytes/utf8.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';

/*
 * Decodes Remote Write requests of both versions with protobufjs and the pinned schemas, to one form that can be compared and kept as JSON.
 */

/** Content type of version 2.0. */
export const contentTypeV2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';

/** A 64-bit number. */
interface Integer64 {
  toString(): string;
}

/** A number as text: `stale` for a stale marker, otherwise as JavaScript writes it. */
type NumberText = string;

export interface DecodedSeries {
  /** `name="value"` pairs in the order of the wire. Values are JSON strings. */
  readonly labels: string;
  /** `value@time`, with `<start` in version 2.0 if there is one. */
  readonly samples: readonly string[];
  readonly histograms: readonly DecodedHistogram[];
  /** `{labels} value@time` */
  readonly exemplars: readonly string[];
  /** Type, help, and unit. Only in version 2.0. */
  readonly metadata?: string;
}

interface DecodedHistogram {
  readonly time: string;
  readonly count: NumberText;
  readonly sum: NumberText;
  readonly schema: number;
  readonly zero: string;
  /** `offset+length` of each span, `:`, and the deltas. */
  readonly positive: string;
  readonly negative: string;
  /** Bounds of custom buckets. Absent if there are none. */
  readonly bounds?: string;
}

export interface DecodedRequest {
  readonly series: readonly DecodedSeries[];
  /** `name type help unit`. Only in version 1.0. */
  readonly metadata: readonly string[];
}

interface Wire {
  readonly symbols: readonly Uint8Array[];
  readonly timeseries: readonly WireSeries[];
  readonly metadata: readonly { type: number; metricFamilyName: Uint8Array; help: Uint8Array; unit: Uint8Array }[];
}
interface WireSeries {
  readonly labels: readonly WireLabel[];
  readonly labelsRefs: readonly number[];
  readonly samples: readonly { value: Integer64; timestamp: Integer64; startTimestamp: Integer64 }[];
  readonly histograms: readonly WireHistogram[];
  readonly exemplars: readonly {
    labels: readonly WireLabel[];
    labelsRefs: readonly number[];
    value: Integer64;
    timestamp: Integer64;
  }[];
  readonly metadata: { type: number; helpRef: number; unitRef: number } | null;
}
interface WireLabel {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
}
interface WireHistogram {
  readonly countInt: Integer64;
  readonly sum: Integer64;
  readonly schema: number;
  readonly zeroThreshold: Integer64;
  readonly zeroCountInt: Integer64;
  readonly positiveSpans: readonly { offset: number; length: number }[];
  readonly positiveDeltas: readonly Integer64[];
  readonly negativeSpans: readonly { offset: number; length: number }[];
  readonly negativeDeltas: readonly Integer64[];
  readonly customValues: readonly Integer64[];
  readonly resetHint: number;
  readonly timestamp: Integer64;
  readonly startTimestamp: Integer64;
}

/** Loads a schema with strings as bytes and doubles as their bits, so that nothing is lost. */
function loadSchema(files: readonly string[], message: string): protobuf.Type {
  const root = new protobuf.Root();
  for (const file of files) {
    const text = readFileSync(new URL(`../../proto/prometheus/remote-write/${file}`, import.meta.url), 'utf8');
    const plain = text
      .replaceAll(/^import .*$/gm, '')
      .replaceAll(/\[\(gogoproto[^\]]*\]/g, '')
      .replaceAll(/\bstring (\w+\s*=)/g, 'bytes $1')
      .replaceAll(/\bdouble (\w+\s*=)/g, 'fixed64 $1');
    protobuf.parse(plain, root);
  }
  return root.resolveAll().lookupType(message);
}

const schemas = {
  '1.0': loadSchema(['types.proto', 'remote.proto'], 'prometheus.WriteRequest'),
  '2.0': loadSchema(['write-v2.proto'], 'io.prometheus.write.v2.Request'),
};

/** Decodes the body of a request. The content type decides the version. */
export function decodeRemoteWrite(body: Uint8Array, contentType = ''): DecodedRequest {
  const schema = schemas[contentType === contentTypeV2 ? '2.0' : '1.0'];
  const wire = schema.decode(decodeSnappyBlock(Buffer.from(body), 1e9)) as unknown as Wire;
  const symbols = wire.symbols ?? [];
  if (symbols.length > 0 && symbols[0]!.length > 0) throw new Error('the first symbol is not empty');
  const pairs = (labels: readonly WireLabel[] | undefined, references: readonly number[] | undefined): string => {
    const byReference = (references ?? []).map((reference) => symbols[reference]!);
    const texts = [...(labels ?? []).flatMap(({ name, value }) => [name, value]), ...byReference].map(text);
    return texts
      .filter((_, i) => i % 2 === 0)
      .map((name, i) => `${name}=${JSON.stringify(texts[2 * i + 1])}`)
      .join(',');
  };
  return {
    series: wire.timeseries.map((series) => ({
      labels: pairs(series.labels, series.labelsRefs),
      samples: series.samples.map((sample) => `${number(sample.value)}@${times(sample)}`),
      histograms: series.histograms.map(toHistogram),
      exemplars: series.exemplars.map(
        ({ labels, labelsRefs, value, timestamp }) => `{${pairs(labels, labelsRefs)}} ${number(value)}@${timestamp}`,
      ),
      ...(series.metadata && {
        metadata: [
          series.metadata.type,
          JSON.stringify(text(symbols[series.metadata.helpRef]!)),
          text(symbols[series.metadata.unitRef]!),
        ].join(' '),
      }),
    })),
    metadata: (wire.metadata ?? []).map(
      ({ type, metricFamilyName, help, unit }) =>
        `${text(metricFamilyName)} ${type} ${JSON.stringify(text(help))} ${text(unit)}`,
    ),
  };
}

function toHistogram(wire: WireHistogram): DecodedHistogram {
  const buckets = (spans: WireHistogram['positiveSpans'], deltas: readonly Integer64[]) =>
    `${spans.map(({ offset, length }) => `${offset}+${length}`).join(' ')}:${deltas.join(' ')}`;
  return {
    time: times(wire),
    count: String(wire.countInt) === staleBits ? 'stale' : String(wire.countInt),
    sum: number(wire.sum),
    schema: wire.schema,
    zero: `${wire.zeroCountInt} ${number(wire.zeroThreshold)}`,
    positive: buckets(wire.positiveSpans, wire.positiveDeltas),
    negative: buckets(wire.negativeSpans, wire.negativeDeltas),
    ...(wire.customValues.length > 0 && { bounds: wire.customValues.map(number).join(' ') }),
    ...(wire.resetHint !== 0 && { resetHint: wire.resetHint }),
  };
}

/** The bits of a stale marker as a decimal number. protobufjs represents 64-bit numbers as objects. */
const staleBits = String(0x7ff0000000000002n);

function times({ timestamp, startTimestamp }: { timestamp: Integer64; startTimestamp?: Integer64 }): string {
  return Number(startTimestamp ?? 0) === 0 ? String(timestamp) : `${timestamp}<${startTimestamp}`;
}

function number(bits: Integer64): NumberText {
  if (String(bits) === staleBits) return 'stale';
  const value = new Float64Array(BigUint64Array.of(BigInt(String(bits))).buffer)[0];
  return Object.is(value, -0) ? '-0' : String(value);
}

function text(bytes: Uint8Array): string {
  return decodeUtf8(Buffer.from(bytes));
}
