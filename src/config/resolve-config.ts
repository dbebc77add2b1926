import { ConfigError } from './config-error.ts';
import { ExpansionError, expandVariables } from './expand-variables.ts';
import { mergeConfig, splitKeys } from './merge-config.ts';
import { type Notice, providers, type Retrieved } from './providers.ts';
import { goTypeOf, isRawMap, type RawMap } from './raw-value.ts';
import { lookalikes, referenceRemedy } from './reference-remedies.ts';
import type { Positions } from './yaml/positions.ts';
import { yamlHints } from './yaml/yaml-hints.ts';

/** A source of the configuration. */
interface ConfigSource {
  /** Name as the user wrote it, for messages. */
  readonly name: string;
  readonly positions: Positions;
}

/** A configuration after merging and expansion, before it is decoded. */
export interface ResolvedConfig {
  readonly raw: RawMap;
  /** In merge order. */
  readonly sources: readonly ConfigSource[];
  readonly notices: readonly Notice[];
}

/** Parameters of {@link resolveConfig}. */
export interface ResolveOptions {
  /** Locations of `--config`, and `--set` values as `yaml:` locations, in order. */
  readonly locations: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Gate confmap.enableMergeAppendOption. */
  readonly appendLists?: boolean;
  /** Final change to the merged configuration, such as an extension that the command line adds. */
  readonly complete?: ((raw: RawMap) => RawMap) | undefined;
}

interface Location {
  readonly uri: string;
  readonly scheme: string;
  readonly opaque: string;
}

/**
 * Parses a location of `--config`: a path, or `scheme:…`.
 * @throws ConfigError for an unknown scheme
 */
export function parseLocation(uri: string): Location {
  if (/^[A-z]:/.test(uri) || !uri.includes(':')) return { uri, scheme: 'file', opaque: uri };
  const match = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(uri);
  if (!match) throw new ConfigError(`invalid uri: ${JSON.stringify(uri)}`);
  const [, scheme, opaque] = match;
  if (!Object.hasOwn(providers, scheme!)) {
    const hint = `hint: locations are a path or one of ${Object.keys(providers).join(':, ')}:`;
    throw new ConfigError(`unsupported scheme on URI ${JSON.stringify(uri)}`, { hints: [hint] });
  }
  return { uri, scheme: scheme!, opaque: opaque! };
}

/**
 * Reads all locations, merges them, and expands `${…}`.
 * @throws ConfigError
 */
export async function resolveConfig(options: ResolveOptions): Promise<ResolvedConfig> {
  const { environment, appendLists = false } = options;
  const notices: Notice[] = [];
  const context = { environment, notice: (notice: Notice) => void notices.push(notice) };
  const sources: ConfigSource[] = [];
  let raw: RawMap = {};
  const locations = options.locations.map(parseLocation);
  for (const { uri, scheme, opaque } of locations) {
    let result: Retrieved;
    try {
      result = await providers[scheme]!(opaque, context);
    } catch (error) {
      throw resolveError(`cannot retrieve the configuration: ${(error as Error).message}`);
    }
    const name = scheme === 'file' ? opaque : shortened(uri);
    raw = mergeConfig(raw, asMap(result, name), { appendLists });
    sources.push({ name, positions: result.positions });
  }
  for (const fields of lookalikes(raw)) {
    notices.push({ level: 'warn', message: 'Text looks like a reference to a variable, but is none', fields });
  }
  try {
    raw = splitKeys((await expandVariables(raw, context)) as RawMap);
  } catch (error) {
    throw resolveError((error as Error).message, expansionHints(error, sources));
  }
  return { raw: options.complete?.(raw) ?? raw, sources, notices };
}

/** Returns the location without the part that can be a text of any length. */
function shortened(uri: string): string {
  const line = uri.trimEnd().split('\n', 1)[0]!.slice(0, 60);
  return line.length < uri.trimEnd().length ? `${line}…` : line;
}

function asMap({ value, notYaml }: Retrieved, name: string): RawMap {
  if (value === null) return {};
  if (isRawMap(value)) return splitKeys(value);
  const problem = `retrieved value (type=${goTypeOf(value)}) cannot be used as a Conf`;
  if (!notYaml) throw resolveError(problem);
  const reason = `assuming string type since contents are not valid YAML: ${notYaml.message}`;
  throw resolveError(`${problem}: ${reason}`, yamlHints(notYaml, name));
}

function expansionHints(error: unknown, sources: readonly ConfigSource[]): string[] {
  if (!(error instanceof ExpansionError)) return [];
  const { path, reference } = error;
  const place = nearestPlace(path, sources);
  const parts = [place, path.join('::'), referenceRemedy(reference)].filter((part) => part !== undefined);
  return [`hint: ${parts.join(': ')}`];
}

/** Returns `file:line:column` of the last source that contains the key, or the nearest key above it. */
export function nearestPlace(path: readonly string[], sources: readonly ConfigSource[]): string | undefined {
  let best: { readonly place: string; readonly depth: number } | undefined;
  for (const { name, positions } of sources) {
    const found = positions.nearest(path);
    if (found && found.path.length >= (best?.depth ?? 0)) {
      const { line, column } = found.position;
      best = { place: `${name}:${line}:${column}`, depth: found.path.length };
    }
  }
  return best?.place;
}

function resolveError(message: string, hints: readonly string[] = []): ConfigError {
  return new ConfigError(`failed to get config: cannot resolve the configuration: ${message}`, { hints });
}
