import {
  anything,
  boolean,
  type ConfigOf,
  config,
  integer,
  list,
  nullable,
  string,
  stringList,
  withoutEffect,
} from '#config/schema.ts';

const attribute = config('filterconfig.Attribute', {
  key: string('').describe('Key that must exist.'),
  value: anything().describe('Value that the key must have. If absent, any value matches.'),
});

const library = config('filterconfig.InstrumentationLibrary', {
  name: string('').describe('Name of the instrumentation scope.'),
  version: anything().describe('Version of the scope. If absent, any version matches.'),
});

/** Settings of `match_type: regexp`. */
export const regexpSettings = nullable(
  config('regexp.Config', {
    cacheenabled: withoutEffect(boolean(false), 'matching needs no cache'),
    cachemaxnumentries: withoutEffect(integer(0), 'matching needs no cache'),
  }),
);

/** Items that `include` or `exclude` selects. */
export const matchProperties = config('filterconfig.MatchProperties', {
  match_type: string('', { values: ['strict', 'regexp'] }).describe(
    '`strict` or `regexp` (matches a part of the text).',
  ),
  regexp: regexpSettings.describe('Settings of `match_type: regexp`.'),
  metric_names: stringList().describe('Metrics: names, of which one must match.'),
  services: stringList().describe('Traces: values of `service.name`, of which one must match.'),
  span_names: stringList().describe('Traces: span names, of which one must match.'),
  span_kinds: stringList().describe('Traces: span kinds such as `SPAN_KIND_SERVER`, of which one must match.'),
  log_bodies: stringList().describe('Logs: bodies, of which one must match.'),
  log_severity_texts: stringList().describe('Logs: severity texts, of which one must match.'),
  log_severity_number: nullable(
    config('filterconfig.LogSeverityNumberMatchProperties', {
      min: integer(0).describe('Lowest severity number.'),
      match_undefined: boolean(false).describe('Whether log records without a severity number match.'),
    }),
  ).describe('Logs: severity.'),
  attributes: list(attribute).describe('Traces and logs: attributes, of which all must match.'),
  resources: list(attribute).describe(
    'Traces and logs: resource attributes, of which all must match. No effect on metrics.',
  ),
  libraries: list(library).describe('Traces and logs: libraries, of which all must match the scope.'),
});

export type MatchProperties = ConfigOf<typeof matchProperties>;

/** Selects items that `include` matches and `exclude` does not. */
export interface MatchConfig {
  readonly include: MatchProperties | undefined;
  readonly exclude: MatchProperties | undefined;
}
