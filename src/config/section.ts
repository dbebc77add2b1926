import type { z } from 'zod';
import type { ComponentId, ComponentKind } from '#component/component.ts';
import { parseComponentId } from './component-id.ts';
import { isContribComponent } from './contrib-components.ts';
import { goKindOf, goTypeOf, isRawMap, withoutText } from './raw-value.ts';
import { successorOf } from './removed-components.ts';
import { type DecodeSource, parseConfig } from './schema.ts';
import { namesOf } from './type-names.ts';

/** A configured component, whether or not a pipeline refers to it. */
export interface ConfiguredComponent<Factory> {
  readonly id: ComponentId;
  /** The type as written; an alias is not resolved. */
  readonly type: string;
  readonly factory: Factory;
  /** Decoded, with defaults. */
  readonly config: unknown;
}

/** One of the top-level maps, such as `receivers`. */
export interface ConfiguredSection<Factory> {
  readonly components: ReadonlyMap<ComponentId, ConfiguredComponent<Factory>>;
  /**
   * IDs of components of otelcol-contrib that pitot does not support. The pipeline or service that refers to one
   * decides how to handle it.
   */
  readonly foreign: ReadonlySet<ComponentId>;
}

interface AnyFactory {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly laterNames?: readonly string[];
  readonly configSchema: z.ZodType;
}

/** The loaded factories of a section, and the names of types that are not loaded. */
interface KnownTypes<Factory> {
  readonly factories: readonly Factory[];
  readonly otherNames: readonly string[];
}

type Decoded<Factory> =
  | { readonly section: ConfiguredSection<Factory> }
  | { readonly problem: string; readonly sources: readonly DecodeSource[] };

/** Decodes a section. Decoding stops at the first component with a problem, same as in the Collector. */
export function decodeSection<Factory extends AnyFactory>(
  kind: ComponentKind | 'connector',
  raw: unknown,
  { factories, otherNames }: KnownTypes<Factory>,
): Decoded<Factory> {
  if (raw === undefined || raw === null) return { section: { components: new Map(), foreign: new Set() } };
  if (!isRawMap(raw)) return problem(`expected a map or struct, got "${goKindOf(raw)}"`);
  const components = new Map<ComponentId, ConfiguredComponent<Factory>>();
  const foreign = new Set<ComponentId>();
  const bodies = Object.entries(raw).map(([key, body]) => [key, withoutText(body)] as const);
  const wrong = bodies.filter(([, body]) => body !== null && !isRawMap(body));
  if (wrong.length > 0) {
    const expected = "expected type 'map[string]interface {}', got unconvertible type";
    const lines = wrong.map(([key, body]) => `'[${key}]' ${expected} '${goTypeOf(body)}'`);
    return problem(`decoding failed due to the following error(s):\n\n${lines.join('\n')}`, [wrong[0]![0]]);
  }
  for (const [key, body] of bodies) {
    let parsed: { id: ComponentId; type: string };
    try {
      parsed = parseComponentId(key);
    } catch (error) {
      return problem(`'' ${(error as Error).message}`, [key]);
    }
    const { id, type } = parsed;
    if (components.has(id) || foreign.has(id)) {
      return problem(`'' duplicate name ${JSON.stringify(id)} after unmarshaling ${id}`, [key]);
    }
    const factory = factories.find((candidate) => namesOf(candidate).includes(type));
    if (!factory) {
      if (!isKnownElsewhere(kind, type))
        return unknownType({ key, id, type }, [...factories.flatMap(namesOf), ...otherNames]);
      foreign.add(id);
      continue;
    }
    const result = parseConfig(factory.configSchema, body);
    if (!result.ok) {
      const sources = result.failure.sources.map((source) => ({ ...source, path: [key, ...source.path] }));
      return { problem: `error reading configuration for ${JSON.stringify(id)}: ${result.failure.message}`, sources };
    }
    components.set(id, { id, type, factory, config: result.value });
  }
  return { section: { components, foreign } };
}

/** Returns whether a type belongs to otelcol-contrib, or did before contrib removed it. */
function isKnownElsewhere(kind: ComponentKind | 'connector', type: string): boolean {
  if (isContribComponent(kind, type)) return true;
  return kind !== 'connector' && successorOf(kind, type) !== undefined;
}

function unknownType(
  { key, id, type }: { key: string; id: string; type: string },
  known: readonly string[],
): ReturnType<typeof problem> {
  const valid = known.toSorted();
  const names = `unknown type: ${JSON.stringify(type)} for id: ${JSON.stringify(id)}`;
  return problem(`${names} (valid values: [${valid.join(' ')}])`, [key]);
}

function problem(message: string, path: readonly string[] = []): { problem: string; sources: readonly DecodeSource[] } {
  return { problem: message, sources: [{ path, message }] };
}
