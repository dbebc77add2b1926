/**
 * The builders with which a component describes its configuration: strict keys, defaults, the collector's type rules and
 * the collector's words when they are broken (behaviour.md §4.4, §4.6). Keys are written as in YAML and read in camelCase.
 */
export { list, stringList, stringMap } from './schema/collections.ts';
export type { DecodeSource } from './schema/decode-error.ts';
export {
  type ConfigOf,
  config,
  decodedAlone,
  nullable,
  olderKey,
  onByDefault,
  optional,
  optionalWithDefaults,
  reportedAs,
  validated,
} from './schema/groups.ts';
export { type ConfigProblem, descriptionOf, metadataOf } from './schema/metadata.ts';
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
