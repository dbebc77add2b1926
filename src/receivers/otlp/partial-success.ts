import { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import type { SignalItems } from '#component/signals.ts';

/** Items of an accepted request that were dropped, as OTLP reports them. */
export interface PartialSuccess {
  readonly items: SignalItems<unknown>['name'];
  readonly rejectedItems: number;
  readonly message: string;
}

const jsonNames = {
  metric_points: 'rejectedDataPoints',
  spans: 'rejectedSpans',
  log_records: 'rejectedLogRecords',
} as const;

/** Returns the response in JSON. 64-bit numbers are texts, as in protobuf's JSON. */
export function partialSuccessToJson({ items, rejectedItems, message }: PartialSuccess): string {
  const partialSuccess = { [jsonNames[items]]: String(rejectedItems), errorMessage: message };
  return JSON.stringify({ partialSuccess });
}

/**
 * Returns the response in protobuf, which is the same for each signal: field 1 is a message with the number of items in
 * field 1 and the text in field 2.
 */
export function partialSuccessToProtobuf({ rejectedItems, message }: PartialSuccess): Buffer {
  const writer = new ProtobufWriter(message.length + 20);
  writer.tag(1, 2);
  const content = writer.begin();
  writer.tag(1, 0);
  writer.varint(rejectedItems);
  writer.tag(2, 2);
  writer.bytes(Buffer.from(message));
  writer.end(content);
  return writer.finish();
}
