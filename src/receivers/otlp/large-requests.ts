import { Lane } from '#flow/lane.ts';

/** Minimum bytes of a request that is decoded and applied in slices of about a millisecond. */
export const largeBytes = 256 * 1024;

/**
 * Serializes the large requests of all receivers: they are decompressed, decoded, and applied one at a time. The
 * decoders limit the memory of one request, but not of many at the same time. Small requests do not wait for large
 * ones.
 */
export const largeRequests = new Lane();
