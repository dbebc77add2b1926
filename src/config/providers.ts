import { readFile } from 'node:fs/promises';
import { normalize } from 'node:path';
import { goErrorText } from './go-errors.ts';
import type { RawValue } from './raw-value.ts';
import { type ParsedYaml, parseYaml } from './yaml/parse-yaml.ts';
import { Positions } from './yaml/positions.ts';
import { YamlError } from './yaml/yaml-error.ts';

/** An event before the log exists, to be logged later. */
export interface Notice {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Content of a location. */
export interface Retrieved {
  readonly value: RawValue;
  /** The unparsed text, for string fields and references inside a text. */
  readonly text: string;
  /** Reason why the text was treated as a plain string. */
  readonly notYaml: YamlError | undefined;
  readonly positions: Positions;
}

/** Sources of configuration besides files: the environment of the process. Also receives notices. */
export interface RetrieveContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  notice(notice: Notice): void;
}

type Provider = (opaque: string, context: RetrieveContext) => Promise<Retrieved> | Retrieved;

/** Providers by the scheme of locations and of `${scheme:…}` (docs/reference/collector-behaviour.md#configuration-sources). */
export const providers: Readonly<Record<string, Provider>> = {
  env: retrieveVariable,
  file: retrieveFile,
  http: (opaque) => downloaded(`http:${opaque}`),
  https: (opaque) => downloaded(`https:${opaque}`),
  yaml: (opaque) => retrieved(opaque),
};

async function downloaded(uri: string): Promise<Retrieved> {
  const { download } = await import('./download.ts');
  return retrieved(await download(uri));
}

/**
 * Parses a text as YAML. A text that is not YAML is a plain string.
 * @throws Error for a map with keys that are not texts
 */
function retrieved(text: string): Retrieved {
  let parsed: ParsedYaml;
  try {
    parsed = parseYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return { value: text, text, notYaml: error, positions: new Positions() };
  }
  const { value, positions, hasForeignTopKey } = parsed;
  if (hasForeignTopKey) {
    const type = 'map[interface {}]interface {}';
    throw new Error(`unsupported type=${type} for retrieved config, ensure that values are wrapped in quotes`);
  }
  return { value: typeof value === 'string' ? text : value, text, notYaml: undefined, positions };
}

const variableName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

function retrieveVariable(opaque: string, { environment, notice }: RetrieveContext): Retrieved {
  const cut = opaque.indexOf(':-');
  const name = cut < 0 ? opaque : opaque.slice(0, cut);
  if (!variableName.test(name)) {
    const rule = 'must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$';
    throw new Error(`environment variable ${JSON.stringify(name)} has invalid name: ${rule}`);
  }
  const value = environment[name];
  if (value === undefined && cut >= 0) {
    const byDefault = opaque.slice(cut + 2);
    // Same as in the Collector: an empty default is a text, while an empty or unset variable is null.
    if (byDefault === '') return { value: '', text: '', notYaml: undefined, positions: new Positions() };
    return retrieved(byDefault);
  }
  if (value === undefined) {
    notice({ level: 'warn', message: 'Configuration references unset environment variable', fields: { name } });
  } else if (value === '') {
    notice({ level: 'info', message: 'Configuration references empty environment variable', fields: { name } });
  }
  return retrieved(value ?? '');
}

async function retrieveFile(opaque: string): Promise<Retrieved> {
  const path = normalize(opaque === '' ? '.' : opaque);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`unable to read the file file:${opaque}: ${goErrorText(error, path)}`);
  }
  return retrieved(text);
}
