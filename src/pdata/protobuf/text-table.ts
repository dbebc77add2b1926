import { decodeUtf8 } from '../utf8.ts';
import type { WireReader } from './wire-reader.ts';

const maxTextLength = 64;
const maxTexts = 65536;

/** Short texts repeat (`state`, `success`): one string object for each spares memory. Starts over when it is full. */
const texts = new Map<string, string>();

/** A string field's text, one object for equal short texts. The length stands here; `end` is that of the message. */
export function readText(reader: WireReader, end: number): string {
  const fieldEnd = reader.lengthEnd(end);
  const text = decodeUtf8(reader.bytes, reader.position, fieldEnd);
  reader.position = fieldEnd;
  if (text.length > maxTextLength) return text;
  const known = texts.get(text);
  if (known !== undefined) return known;
  if (texts.size >= maxTexts) texts.clear();
  texts.set(text, text);
  return text;
}
