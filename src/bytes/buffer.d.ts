/**
 * Methods of Node.js's Buffer that its types omit. `toString` and `write` call them; calling them directly saves 20–70 ns per call
 * (bench/micro/decode.bench.ts).
 */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  utf8Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Write(text: string, offset?: number, length?: number): number;
}
