import { compress } from 'snappyjs';

/** A piece is compressed without pause, in less than a millisecond. Snappy compresses blocks of this size independently. */
const pieceSize = 65_536;
const emptyBlock = Buffer.of(0);

/**
 * Compresses bytes into a snappy block in pieces, between which it yields. The compressed pieces are joined to one block:
 * a block is the length of its content, followed by literals and copies.
 */
export function* snappyCompress(bytes: Buffer): Generator<undefined, Buffer, undefined> {
  if (bytes.length === 0) return emptyBlock;
  const parts: Uint8Array[] = [lengthPrefix(bytes.length)];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    if (at > 0) yield;
    const piece = bytes.subarray(at, at + pieceSize);
    parts.push(compress(piece).subarray(lengthPrefix(piece.length).length));
  }
  return Buffer.concat(parts);
}

function lengthPrefix(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
