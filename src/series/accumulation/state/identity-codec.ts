import { type Metric, temporality } from '#pdata/metrics.ts';
import type { DataType, SeriesIdentity } from '../../policy.ts';
import { readAttributes, writeAttributes } from './attribute-codec.ts';
import { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** The positions are stored on disk: only append. */
const types: readonly DataType[] = ['Gauge', 'Sum', 'Histogram', 'ExponentialHistogram', 'Summary'];

/** Writes the identity of a series, without the process attributes of the process that began it. */
export function writeIdentity(
  identity: SeriesIdentity,
  processAttributes: ReadonlySet<string>,
  writer: ByteWriter,
): void {
  writer.nested(() => writeSource(identity, processAttributes, writer));
  writeAttributes(identity.attributes, writer);
}

/** Everything except the attributes: the properties that all series of one metric and resource share. */
type Source = Omit<SeriesIdentity, 'attributes'>;

function writeSource(
  { resource, scope, schemaUrl, metric }: Source,
  processAttributes: ReadonlySet<string>,
  writer: ByteWriter,
): void {
  writer.uint(types.indexOf(metric.type as DataType));
  writer.boolean(metric.type === 'Sum' && metric.isMonotonic);
  writer.text(metric.descriptor.name);
  writer.text(metric.descriptor.description);
  writer.text(metric.descriptor.unit);
  writeAttributes({ entries: resource.attributes.entries.filter(({ key }) => !processAttributes.has(key)) }, writer);
  writer.text(scope.name);
  writer.text(scope.version);
  writeAttributes(scope.attributes, writer);
  writer.text(schemaUrl);
}

/**
 * Reads identities. Those of one source share its objects, same as in decoded requests, so that the store finds them by
 * reference.
 */
export class IdentityReader {
  readonly #sources = new Map<string, Source>();

  read(reader: ByteReader): SeriesIdentity {
    const key = reader.nestedLatin1();
    let source = this.#sources.get(key);
    if (source === undefined) {
      source = readSource(new ByteReader(Buffer.from(key, 'latin1')));
      this.#sources.set(key, source);
    }
    return { ...source, attributes: readAttributes(reader) };
  }
}

function readSource(reader: ByteReader): Source {
  const type = types[reader.uint()];
  const isMonotonic = reader.boolean();
  const names = { name: reader.text(), description: reader.text(), unit: reader.text() };
  const resource = { attributes: readAttributes(reader), droppedAttributesCount: 0, entityRefs: [] };
  const scope = {
    name: reader.text(),
    version: reader.text(),
    attributes: readAttributes(reader),
    droppedAttributesCount: 0,
  };
  return { resource, scope, schemaUrl: reader.text(), metric: metricOf(type, isMonotonic, names) };
}

function metricOf(
  type: DataType | undefined,
  isMonotonic: boolean,
  names: { name: string; description: string; unit: string },
): Metric {
  if (type === undefined) throw new RangeError('unknown data type');
  const descriptor = { ...names, metadata: { entries: [] } };
  const base = { descriptor, dataPoints: [] };
  switch (type) {
    case 'Sum':
      return { ...base, type, isMonotonic, aggregationTemporality: temporality.cumulative };
    case 'Histogram':
    case 'ExponentialHistogram':
      return { ...base, type, aggregationTemporality: temporality.cumulative };
    default:
      return { ...base, type };
  }
}
