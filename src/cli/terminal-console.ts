import { isRawMap, type RawMap, withoutText } from '#config/raw-value.ts';

/** ID of the console in the log and in the printed configuration. */
const id = 'console/terminal';

/**
 * Adds the console to a configuration without one, for a user who starts pitot in a terminal. It uses any free port
 * near 8890, so it never prevents the start.
 */
export function withTerminalConsole(raw: RawMap): RawMap {
  const extensions = withoutText(raw.extensions ?? null);
  const service = withoutText(raw.service ?? null);
  if (!isRawMap(service) || !(extensions === null || isRawMap(extensions))) return raw;
  const started = withoutText(service.extensions ?? null) ?? [];
  if (!Array.isArray(started) || started.some((each) => /^console(\/|$)/.test(String(withoutText(each))))) return raw;
  return {
    ...raw,
    extensions: { ...extensions, [id]: { endpoint: 'localhost:8890', try_ports: 20 } },
    service: { ...service, extensions: [...started, id] },
  };
}
