/** Bits of the NaN that Prometheus takes for a stale marker. */
export const staleBits = 0x7ff0000000000002n;
