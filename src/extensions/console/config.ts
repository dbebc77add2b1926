import { type ConfigOf, config, integer, string, validated } from '#config/schema.ts';
import { allowedHostsSetting } from '#http/host-check.ts';
import { httpServerShape } from '#http/server-config.ts';

/** `console`, pitot-specific. */
export const consoleConfig = validated(
  config('console.Config', {
    ...httpServerShape({ endpoint: 'localhost:8890', writeTimeout: 0 }),
    path_prefix: string('').describe(
      'Path of the console behind a proxy that does not remove it, such as `/pitot`. If empty, the path is `/`, or the proxy removes the path.',
    ),
    allowed_hosts: allowedHostsSetting(),
    try_ports: integer(0).describe(
      'Number of following ports to try if the port is in use. After the last one, any free port is used. `0` reports an error.',
    ),
  }),
  ({ endpoint, pathPrefix, tryPorts }) => {
    if (endpoint === '') return '"endpoint" is required when using the "console" extension';
    if (pathPrefix !== '' && !/^(\/[\w.~-]+)+$/.test(pathPrefix)) {
      return '`path_prefix` must be a path such as /pitot, without a slash at the end';
    }
    return tryPorts < 0 || tryPorts > 1000 ? '`try_ports` must be between 0 and 1000' : undefined;
  },
);
export type ConsoleConfig = ConfigOf<typeof consoleConfig>;
