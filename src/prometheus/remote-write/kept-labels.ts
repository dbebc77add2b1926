import type { ByteString } from '../metric-family.ts';
import type { WriteLabels } from './write-series.ts';

/** Labels of a series that many requests contain. Their encoded form is kept. */
export class KeptLabels implements WriteLabels {
  readonly names: readonly ByteString[];
  readonly values: readonly ByteString[];
  /** The labels as fields of a TimeSeries of Remote Write 1.0, after the first request. */
  encoded: Buffer | undefined = undefined;
  /** Number of bytes of all names and values. */
  readonly textBytes: number;

  constructor(names: readonly ByteString[], values: readonly ByteString[]) {
    this.names = names;
    this.values = values;
    this.textBytes = bytesOfTexts(names) + bytesOfTexts(values);
  }
}

/** Returns the number of bytes of all names and values. */
export function textBytesOf(labels: WriteLabels): number {
  return labels instanceof KeptLabels ? labels.textBytes : bytesOfTexts(labels.names) + bytesOfTexts(labels.values);
}

function bytesOfTexts(texts: readonly ByteString[]): number {
  let bytes = 0;
  for (const { length } of texts) bytes += length;
  return bytes;
}
