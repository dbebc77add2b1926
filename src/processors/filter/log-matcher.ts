import { logSelection, type Selection } from '#filterset/item-selection.ts';
import type { MatchProperties } from '#filterset/match-config.ts';
import type { LogRecord } from '#pdata/logs.ts';
import type { FilterConfig, LogMatchProperties } from './config.ts';

const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Returns the number of a severity: `1` to `24`, or a name such as `WARN` or `WARN2`. Undefined for any other text. */
export function severityNumber(text: string): number | undefined {
  if (/^([1-9]|1\d|2[0-4])$/.test(text)) return Number(text);
  const [, name, step = '1'] = /^([A-Z]+)([2-4])?$/.exec(text.toUpperCase()) ?? [];
  const level = name === undefined ? -1 : levels.indexOf(name);
  return level < 0 ? undefined : level * 4 + Number(step);
}

/**
 * Returns the test whether `include` and `exclude` keep a log record. Undefined if neither is set.
 * @throws Error for invalid settings
 */
export function logMatcher({ include, exclude }: FilterConfig['logs']): Selection<LogRecord> | undefined {
  const [included, excluded] = [include && matchOf(include), exclude && matchOf(exclude)];
  if (!included && !excluded) return undefined;
  return logSelection({ include: included, exclude: excluded });
}

function matchOf(properties: LogMatchProperties): MatchProperties | undefined {
  const {
    matchType,
    resourceAttributes,
    recordAttributes,
    severityTexts,
    severityNumber: severity,
    bodies,
  } = properties;
  const lists = [resourceAttributes, recordAttributes, severityTexts, bodies];
  if (lists.every((list) => list.length === 0) && !severity) return undefined;
  return {
    matchType,
    regexp: undefined,
    metricNames: [],
    services: [],
    spanNames: [],
    spanKinds: [],
    logBodies: bodies,
    logSeverityTexts: severityTexts,
    logSeverityNumber: severity && { min: severityNumber(severity.min) ?? 0, matchUndefined: severity.matchUndefined },
    attributes: recordAttributes,
    resources: resourceAttributes,
    libraries: [],
  };
}
