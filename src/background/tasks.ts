import { compareSync } from 'bcryptjs';
import { decodeLz4Frames } from '#compression/lz4-frame.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { decodeSnappyFramed } from '#compression/snappy-framed.ts';
import { hashMd5Crypt } from '#crypt/md5-crypt.ts';
import { hashShaCrypt } from '#crypt/sha-crypt.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';

/** Work that can take long and needs only its arguments. Bytes are transferred, not copied. */
export const tasks = {
  metricsJsonToProtobuf: (body: Uint8Array) => metricsJsonToProtobuf(asBuffer(body)),
  tracesJsonToProtobuf: (body: Uint8Array) => tracesJsonToProtobuf(asBuffer(body)),
  logsJsonToProtobuf: (body: Uint8Array) => logsJsonToProtobuf(asBuffer(body)),
  snappyBlock: (body: Uint8Array, limit: number) => decodeSnappyBlock(asBuffer(body), limit),
  snappyFramed: (body: Uint8Array, limit: number) => decodeSnappyFramed(asBuffer(body), limit),
  lz4Frames: (body: Uint8Array, limit: number) => decodeLz4Frames(asBuffer(body), limit),
  md5Crypt: (password: string, hash: string) => hashMd5Crypt(password, hash),
  shaCrypt: (password: string, hash: string) => hashShaCrypt(password, hash) ?? '',
  bcrypt: (password: string, hash: string) => compareSync(password, hash),
} as const;

export type Tasks = typeof tasks;
export type TaskName = keyof Tasks;

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
