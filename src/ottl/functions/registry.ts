import type { CompiledStatement, CompileOptions, Getter, OttlFunction } from '../compile.ts';
import type { ContextName } from '../context.ts';
import { OttlParseError } from '../ottl-error.ts';
import { bucketEditors } from './bucket-editors.ts';
import { collectionConverters } from './collections.ts';
import type { Converters, Editors } from './define.ts';
import { encodingConverters } from './encodings.ts';
import { extractEditors, summaryEditors } from './extract-editors.ts';
import { filterConverters } from './filter-converters.ts';
import { grokConverters } from './grok.ts';
import { hashConverters } from './hashes.ts';
import { logConverters } from './log-formats.ts';
import { mapEditors } from './map-editors.ts';
import { metricEditors } from './metric-editors.ts';
import { parsingConverters } from './parsing.ts';
import { replaceEditors } from './replace-editors.ts';
import { spanConverters, spanEditors } from './spans.ts';
import { textConverters } from './texts.ts';
import { timeConverters } from './times.ts';
import { typeConverters } from './types.ts';
import { userAgentConverters } from './user-agent.ts';
import { valueEditors } from './value-editors.ts';
import { xmlConverters } from './xml.ts';

/** The processor that a statement or condition belongs to. Conditions of the transform processor's groups are `filter`'s. */
export type Processor = 'filter' | 'transform';

interface Registered<Functions> {
  readonly functions: Functions;
  /** Contexts that have the functions; all if absent. */
  readonly contexts?: readonly ContextName[];
  readonly processor?: Processor;
}

export const converters: readonly Registered<Converters>[] = [
  { functions: typeConverters },
  { functions: textConverters },
  { functions: collectionConverters },
  { functions: parsingConverters },
  { functions: timeConverters },
  { functions: hashConverters },
  { functions: encodingConverters },
  { functions: xmlConverters },
  { functions: grokConverters },
  { functions: userAgentConverters },
  { functions: spanConverters, contexts: ['span'] },
  { functions: logConverters, contexts: ['log'], processor: 'transform' },
  { functions: filterConverters, contexts: ['metric'], processor: 'filter' },
];

export const editors: readonly Registered<Editors>[] = [
  { functions: valueEditors },
  { functions: mapEditors },
  { functions: replaceEditors },
  { functions: metricEditors, contexts: ['metric'] },
  { functions: extractEditors, contexts: ['metric'] },
  { functions: summaryEditors, contexts: ['datapoint'] },
  { functions: bucketEditors, contexts: ['datapoint'] },
  { functions: spanEditors, contexts: ['span'] },
];

/** @throws OttlParseError for a name that the context does not have */
export function converterOf(name: string, options: CompileOptions): OttlFunction<Getter> {
  return found(converters, name, options);
}

/** @throws OttlParseError for a name that the context does not have */
export function editorOf(name: string, options: CompileOptions): OttlFunction<CompiledStatement> {
  return found(editors, name, options);
}

/** Returns whether a context has a converter or an editor of a name. */
export function hasFunction(
  name: string,
  { context, processor }: Pick<CompileOptions, 'context' | 'processor'>,
): boolean {
  return [...converters, ...editors].some(
    (owner) =>
      Object.hasOwn(owner.functions, name) &&
      (owner.contexts?.includes(context) ?? true) &&
      (owner.processor ?? processor) === processor,
  );
}

/** Functions that the Collector removed, with their replacements. */
const removed: Readonly<Record<string, string>> = {
  Base64Decode: 'write Decode(target, "base64")',
};

/** Functions that the Collector provides only with a feature gate. */
export const experimental: readonly string[] = [
  'All',
  'Any',
  'Filter',
  'Find',
  'MapEach',
  'MapKeys',
  'Reduce',
  'ToValidUTF8',
  'When',
];

function found<Built>(
  tables: readonly Registered<Readonly<Record<string, OttlFunction<Built>>>>[],
  name: string,
  { context, processor }: CompileOptions,
): OttlFunction<Built> {
  const owners = tables.filter(({ functions }) => Object.hasOwn(functions, name));
  const isHere = (owner: Registered<unknown>) =>
    (owner.contexts?.includes(context) ?? true) && (owner.processor ?? processor) === processor;
  const owner = owners.find(isHere);
  if (owner) return owner.functions[name]!;
  const undefinedFunction = `undefined function ${JSON.stringify(name)}`;
  if (Object.hasOwn(removed, name))
    throw new OttlParseError(`${undefinedFunction}: the Collector removed it; ${removed[name]}`);
  if (experimental.includes(name)) {
    throw new OttlParseError(`function ${JSON.stringify(name)} is experimental, and pitot does not have it`);
  }
  if (owners[0]) {
    const { contexts = [], processor: other } = owners[0];
    const where = contexts.length > 0 ? ` in the context ${contexts.join(', ')}` : '';
    throw new OttlParseError(
      `${undefinedFunction}: it exists only${where}${other ? ` of the ${other} processor` : ''}`,
    );
  }
  const names = tables.filter(isHere).flatMap(({ functions }) => Object.keys(functions));
  throw new OttlParseError(`${undefinedFunction}; the context ${context} has: ${names.sort().join(', ')}`);
}
