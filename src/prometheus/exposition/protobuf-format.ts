import type { ByteString } from '#bytes/utf8.ts';
import type { MetricFamily, MetricType, Series } from '../metric-family.ts';
import { type EscapingScheme, escapeName } from './escaping.ts';
import type { ExpositionFormat, FamilyRenderer } from './exposition-format.ts';
import { LabelPairs } from './label-pairs.ts';
import { metricTypeNumbers, metricValue } from './protobuf-metric.ts';
import { bytesField, uint64Field, varint } from './protobuf-wire.ts';

/**
 * Returns the format of `io.prometheus.client.MetricFamily` messages, each preceded by its length
 * (docs/reference/collector-behaviour.md#protobuf-formats).
 */
export function protobufFormat(scheme: EscapingScheme): ExpositionFormat {
  return {
    contentType: `application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=${scheme}`,
    trailer: '',
    frame: varint,
    begin: (family) => new ProtobufFamily(family, scheme),
  };
}

/** Fields of MetricFamily: name 1, help 2, type 3, metric 4. */
class ProtobufFamily implements FamilyRenderer {
  readonly head: ByteString;
  readonly tail = '';
  readonly #type: MetricType;
  readonly #labels: LabelPairs;

  constructor(family: MetricFamily, scheme: EscapingScheme) {
    this.head =
      bytesField(1, escapeName(family.name, scheme)) +
      bytesField(2, family.help) +
      uint64Field(3, metricTypeNumbers[family.type]);
    this.#type = family.type;
    const encode = (name: ByteString, value: ByteString) =>
      bytesField(1, bytesField(1, escapeName(name, scheme)) + bytesField(2, value));
    this.#labels = new LabelPairs(encode, '');
  }

  series(series: Series): ByteString {
    return bytesField(4, this.#labels.join(series.labels) + metricValue(this.#type, series));
  }
}
