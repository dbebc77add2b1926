import { decodeUtf8 } from '#bytes/utf8.ts';
import { textTooLong } from '../item-limits.ts';
import { ByteTable, hashBytes, type KnownBytes } from './byte-table.ts';
import type { WireReader } from './wire-reader.ts';

const maxTextLength = 64;
const maxTexts = 65536;
/** Size of the chunks that store the bytes of known texts. */
const chunkBytes = 65536;

interface KnownText extends KnownBytes {
  readonly text: string;
}

let texts = new ByteTable<KnownText>();
let count = 0;
let chunk: Buffer = Buffer.alloc(0);
let view = new DataView(chunk.buffer);
let used = 0;

/**
 * Reads the text of a string field whose length is at the current position. `end` is the end of the message. Short
 * texts repeat (`state`, `success`): they are recognized by their bytes, so that each is created once. The cache starts
 * over when it is full.
 * @throws OverLimit if the text is too long
 */
export function readText(reader: WireReader, end: number): string {
  const fieldEnd = reader.lengthEnd(end);
  const start = reader.position;
  reader.position = fieldEnd;
  if (fieldEnd - start > maxTextLength) {
    if (fieldEnd - start > reader.maxTextBytes) throw textTooLong;
    return decodeUtf8(reader.bytes, start, fieldEnd);
  }
  const hash = hashBytes(reader.view, start, fieldEnd);
  return texts.find(hash, reader.view, start, fieldEnd)?.text ?? add(hash, reader.bytes, start, fieldEnd);
}

function add(hash: number, bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (count >= maxTexts) {
    texts = new ByteTable();
    count = 0;
    used = chunk.length;
  }
  if (used + length > chunk.length) {
    chunk = Buffer.allocUnsafeSlow(chunkBytes);
    view = new DataView(chunk.buffer);
    used = 0;
  }
  const text = decodeUtf8(bytes, start, end);
  bytes.copy(chunk, used, start, end);
  texts.add({ hash, view, offset: used, length, text });
  used += length;
  count += 1;
  return text;
}
