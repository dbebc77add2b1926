import { type ConfigOf, config } from '#config/schema.ts';

/** Configuration of the nop exporter, which has no keys. The name is the Collector's in its error messages. */
export const nopExporterConfig = config('struct {}', {});

export type NopExporterConfig = ConfigOf<typeof nopExporterConfig>;
