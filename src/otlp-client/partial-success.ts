import { decodeUtf8 } from '#bytes/utf8.ts';
import type { Logger } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';

/** What a receiver says about an accepted request. */
export interface PartialSuccess {
  readonly rejectedItems: bigint;
  readonly message: string;
}

const nothingRejected: PartialSuccess = { rejectedItems: 0n, message: '' };

/** Names of the counts in the log, same as in the Collector, and in JSON. */
const names = {
  metrics: { log: 'dropped_data_points', json: 'rejectedDataPoints' },
  traces: { log: 'dropped_spans', json: 'rejectedSpans' },
  logs: { log: 'dropped_log_records', json: 'rejectedLogRecords' },
} as const;

/** Logs a partial success with the Collector's text. */
export function logPartialSuccess(logger: Logger, signal: Signal, { rejectedItems, message }: PartialSuccess): void {
  if (message === '' && rejectedItems === 0n) return;
  logger.warn('Partial success response', { message, [names[signal].log]: Number(rejectedItems) });
}

/**
 * Decodes an Export…ServiceResponse, which has the same form for each signal: field 1 is a message with the number of rejected items in
 * field 1 and a text in field 2.
 * @throws DecodeError
 */
export function decodeResponse(bytes: Buffer): PartialSuccess {
  const reader = new WireReader(bytes);
  let { rejectedItems, message } = nothingRejected;
  while (reader.position < bytes.length) {
    const tag = reader.tag(bytes.length);
    if (tag !== 0x0a) {
      reader.skip(tag, bytes.length, { 1: 'PartialSuccess' });
      continue;
    }
    const end = reader.lengthEnd(bytes.length);
    while (reader.position < end) {
      const field = reader.tag(end);
      if (field === 0x08) rejectedItems = BigInt.asIntN(64, reader.varint64(end));
      else if (field === 0x12) {
        const textEnd = reader.lengthEnd(end);
        message = decodeUtf8(bytes, reader.position, textEnd);
        reader.position = textEnd;
      } else reader.skip(field, end, { 1: 'Rejected', 2: 'ErrorMessage' });
    }
  }
  return { rejectedItems, message };
}

/** Decodes the response in JSON. @throws SyntaxError */
export function decodeJsonResponse(bytes: Buffer, signal: Signal): PartialSuccess {
  const { partialSuccess } = JSON.parse(bytes.toString()) as { partialSuccess?: Record<string, unknown> };
  const rejected = String(partialSuccess?.[names[signal].json] ?? 0);
  const message = partialSuccess?.errorMessage;
  return {
    rejectedItems: /^-?\d+$/.test(rejected) ? BigInt(rejected) : 0n,
    message: typeof message === 'string' ? message : '',
  };
}
