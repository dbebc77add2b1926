import { boolean, type ConfigOf, config, validated } from '#config/schema.ts';
import { allowedHostsSetting } from '#http/host-check.ts';
import { httpServerShape } from '#http/server-config.ts';

/** Configuration of `zpages` (docs/reference/collector-behaviour.md#zpages-extension). */
export const zpagesConfig = validated(
  config('zpagesextension.Config', {
    ...httpServerShape({ endpoint: 'localhost:55679' }),
    allowed_hosts: allowedHostsSetting(),
    expvar: config('zpagesextension.ExpvarConfig', {
      enabled: boolean(false).describe('Serves /debug/expvarz: memory and resource use as JSON.'),
    }).describe('Figures of the process.'),
  }),
  ({ endpoint }) => (endpoint === '' ? '"endpoint" is required when using the "zpages" extension' : undefined),
);
export type ZpagesConfig = ConfigOf<typeof zpagesConfig>;
