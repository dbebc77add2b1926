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
} from '#config/schema.ts';

const attribute = config('filterconfig.Attribute', {
  key: string('').describe('the key that must exist'),
  value: anything().describe('the value that it must have; any if absent'),
});

const library = config('filterconfig.InstrumentationLibrary', {
  name: string('').describe('name of the instrumentation scope'),
  version: anything().describe('its version; any if absent'),
});

/** Items that `include` or `exclude` chooses. */
export const matchProperties = config('filterconfig.MatchProperties', {
  match_type: string('').describe('`strict` or `regexp` (found anywhere in the text)'),
  regexp: nullable(
    config('regexp.Config', {
      cacheenabled: boolean(false).describe('accepted, no effect: matching needs no cache'),
      cachemaxnumentries: integer(0).describe('accepted, no effect: matching needs no cache'),
    }),
  ).describe('settings of `match_type: regexp`'),
  metric_names: stringList().describe('metrics: one of these names'),
  services: stringList().describe('traces: `service.name` is one of these'),
  span_names: stringList().describe('traces: one of these names'),
  span_kinds: stringList().describe('traces: one of these kinds, as `SPAN_KIND_SERVER`'),
  log_bodies: stringList().describe('logs: one of these bodies'),
  log_severity_texts: stringList().describe('logs: one of these severity texts'),
  log_severity_number: nullable(
    config('filterconfig.LogSeverityNumberMatchProperties', {
      min: integer(0).describe('lowest severity number'),
      match_undefined: boolean(false).describe('whether records without a severity number match'),
    }),
  ).describe('logs: severity'),
  attributes: list(attribute).describe('traces, logs: all of these'),
  resources: list(attribute).describe('traces, logs: all of these on the resource; without effect on metrics'),
  libraries: list(library).describe('traces, logs: all of these match the scope'),
});

export type MatchProperties = ConfigOf<typeof matchProperties>;

/** Items are chosen if `include` matches and `exclude` does not. */
export interface MatchConfig {
  readonly include: MatchProperties | undefined;
  readonly exclude: MatchProperties | undefined;
}
