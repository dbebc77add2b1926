import { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import { JsonReader } from './json-reader.ts';
import { type Field, isScalar, type Message } from './message-schema.ts';
import { logsRequest, metricsRequest, tracesRequest } from './otlp-messages.ts';

/** Deeper than any request whose attribute values the decoder accepts, and far from a stack overflow. */
const maxDepth = 400;

/**
 * Converts an ExportMetricsServiceRequest from JSON to protobuf.
 * @throws DecodeError
 */
export const metricsJsonToProtobuf = (body: Buffer): Buffer => toProtobuf(body, metricsRequest);
/**
 * Converts an ExportTraceServiceRequest from JSON to protobuf.
 * @throws DecodeError
 */
export const tracesJsonToProtobuf = (body: Buffer): Buffer => toProtobuf(body, tracesRequest);
/**
 * Converts an ExportLogsServiceRequest from JSON to protobuf.
 * @throws DecodeError
 */
export const logsJsonToProtobuf = (body: Buffer): Buffer => toProtobuf(body, logsRequest);

/**
 * Writes fields in order of arrival, including duplicates. The Collector treats duplicates in JSON as protobuf does
 * (scalars: the last wins; lists: appended; messages: merged; one-ofs: the last wins).
 */
function toProtobuf(body: Buffer, message: Message): Buffer {
  const writer = new ProtobufWriter(body.length);
  writeFields(new JsonReader(body), writer, { message, depth: 0 });
  return writer.finish();
}

function writeFields(
  reader: JsonReader,
  writer: ProtobufWriter,
  { message, depth }: { readonly message: Message; readonly depth: number },
): void {
  if (depth > maxDepth) throw reader.error('ReadObject', 'exceeded max depth');
  for (let key = reader.key(); key !== ''; key = reader.key()) {
    const field = message.get(key);
    if (field === undefined) reader.skip();
    else if (!field.isRepeated) writeField(reader, writer, { field, depth });
    else if (isPacked(field)) writePacked(reader, writer, field);
    else while (reader.hasElement()) writeField(reader, writer, { field, depth });
  }
}

function writeField(
  reader: JsonReader,
  writer: ProtobufWriter,
  { field, depth }: { readonly field: Field; readonly depth: number },
): void {
  const { content } = field;
  writer.tag(field.number, field.wireType);
  if (isScalar(content)) {
    content.transcode(reader, writer);
    return;
  }
  const start = writer.begin();
  writeFields(reader, writer, { message: content, depth: depth + 1 });
  writer.end(start);
}

function isPacked({ content, wireType }: Field): boolean {
  return isScalar(content) && content.wireType !== wireType;
}

function writePacked(reader: JsonReader, writer: ProtobufWriter, { number, wireType, content }: Field): void {
  if (!isScalar(content)) return;
  writer.tag(number, wireType);
  const start = writer.begin();
  while (reader.hasElement()) content.transcode(reader, writer);
  writer.end(start);
}
