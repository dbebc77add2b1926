import { Lane } from '#flow/lane.ts';

/** Bytes from which a request is decoded and applied in slices, about a millisecond each. */
export const largeBytes = 256 * 1024;

/**
 * Large requests of all receivers are decompressed, decoded, and applied one at a time: what one becomes in memory is bounded by the
 * decoders, what many become would not be. Small requests pass them by.
 */
export const largeRequests = new Lane();
