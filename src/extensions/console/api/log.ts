import type { LogEntries } from '#api/service.ts';
import type { ApiContext } from './context.ts';

/** `GET log`: the latest warnings and errors, newest first. */
export function logOf({ views }: ApiContext): LogEntries {
  return {
    entries: views
      .logEntries()
      .map(({ unixMs, level, message, component, fields, count }) => ({
        ...{ unixMs, level, message, component, count },
        fields: Object.entries(fields),
      }))
      .reverse(),
  };
}
