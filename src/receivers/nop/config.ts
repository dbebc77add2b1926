import { type ConfigOf, config } from '#config/schema.ts';

/** Configuration of the nop receiver: it has no keys. The name is the Collector's in its error texts. */
export const nopReceiverConfig = config('struct {}', {});

export type NopReceiverConfig = ConfigOf<typeof nopReceiverConfig>;
