import { boolean, type ConfigOf, config } from '../../config/schema.ts';
import { httpServerShape } from '../../http/server-config.ts';

/** `zpages`, behaviour.md §5.11. */
export const zpagesConfig = config('zpagesextension.Config', {
  ...httpServerShape({ endpoint: 'localhost:55679' }),
  expvar: config('zpagesextension.ExpvarConfig', {
    enabled: boolean(false).describe('serve /debug/expvarz: memory and resource use as JSON'),
  }).describe('process figures'),
});
export type ZpagesConfig = ConfigOf<typeof zpagesConfig>;
