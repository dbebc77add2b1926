/**
 * Long-standing methods of Node's Buffer that its types leave out. They are what `toString` and `write` end in; calling them
 * spares 20–70 ns a call (bench/micro/decode.bench.ts).
 */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  utf8Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
}
