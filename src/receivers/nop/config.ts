import { type ConfigOf, config } from '#config/schema.ts';

/** Configuration of the nop receiver, which has no keys. The name is the Collector's in its error messages. */
export const nopReceiverConfig = config('struct {}', {});

export type NopReceiverConfig = ConfigOf<typeof nopReceiverConfig>;
