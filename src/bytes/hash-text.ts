/** A 32-bit hash of a text that continues from `hash`. Small integers, so that Maps keyed by them are compact. */
export function hashText(text: string, hash: number): number {
  let h = hash ^ text.length;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h ^ (h >>> 15);
}

/** A 32-bit hash that is the same in every process: it can be stored. */
export function stableHash(...texts: readonly string[]): number {
  let hash = 0x2545f491;
  for (const text of texts) hash = hashText(text, hash);
  return hash;
}
