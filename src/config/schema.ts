/**
 * Builders for the configuration of components: strict keys, defaults, and the Collector's type rules and messages
 * (docs/reference/collector-behaviour.md#types-of-settings, #configuration-errors). Keys are as in YAML; parsed keys are in
 * camelCase.
 */
export { list, listWithTexts, mapOf, stringList, stringMap } from './schema/collections.ts';
export type { DecodeSource } from './schema/decode-error.ts';
export {
  type ConfigOf,
  checkedAtStart,
  config,
  decodedAlone,
  nullable,
  nullableWithDefaults,
  olderKey,
  onByDefault,
  optional,
  optionalWithDefaults,
  reportedAs,
  validated,
} from './schema/groups.ts';
export { type ConfigProblem, descriptionOf, metadataOf, type StartProblem, withoutEffect } from './schema/metadata.ts';
export { parseConfig, validateConfig } from './schema/parse-config.ts';
export {
  anything,
  boolean,
  duration,
  enumeration,
  extensionId,
  float,
  integer,
  listenAddress,
  secret,
  string,
} from './schema/scalars.ts';
export { visitConfig } from './schema/visit-config.ts';
