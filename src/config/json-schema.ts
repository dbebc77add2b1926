import type { z } from 'zod';
import type { Factories } from './load-config.ts';
import { descriptionOf, metadataOf } from './schema.ts';
import { serviceConfig } from './service-config.ts';

/** A part of a JSON Schema. */
type JsonSchema = Readonly<Record<string, unknown>>;

interface AnyFactory {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly laterNames?: readonly string[];
  readonly configSchema: z.ZodType;
}

/** A `${env:NAME}` can stand for any value. */
const reference = { type: 'string', pattern: '\\$\\{' };

/**
 * Returns the JSON Schema (draft 07, which editors support) of a configuration, from the schemas that decode it. It accepts every
 * configuration that pitot accepts, and references to variables everywhere. Components of the Collector that pitot does not support are
 * accepted without a check, because a configuration can contain them.
 */
export function configurationSchema(factories: Factories): JsonSchema {
  const definitions = new Definitions();
  const section = (kind: string, list: readonly AnyFactory[]): JsonSchema => {
    const properties: Record<string, JsonSchema> = {};
    const patternProperties: Record<string, JsonSchema> = {};
    for (const { type, aliases = [], laterNames = [], configSchema } of list) {
      const name = `${kind}.${type}`;
      definitions.set(name, schemaOf(configSchema, definitions));
      for (const each of [type, ...aliases, ...laterNames]) {
        properties[each] = { $ref: `#/definitions/${name}` };
        patternProperties[`^${each}/`] = { $ref: `#/definitions/${name}` };
      }
    }
    return {
      type: ['object', 'null'],
      description: `Components by ID: type, or type/name.`,
      properties,
      patternProperties,
    };
  };
  const properties = {
    receivers: section('receivers', factories.receivers),
    processors: section('processors', factories.processors),
    exporters: section('exporters', factories.exporters),
    extensions: section('extensions', factories.extensions),
    connectors: { type: ['object', 'null'] },
    service: schemaOf(serviceConfig, definitions),
  };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of pitot',
    type: 'object',
    properties,
    additionalProperties: false,
    definitions: definitions.all,
  };
}

/** Groups that occur several times are defined once. */
class Definitions {
  readonly all: Record<string, JsonSchema> = {};
  readonly #byText = new Map<string, string>();

  set(name: string, schema: JsonSchema): void {
    this.all[name] = schema;
  }

  /** Returns a reference to a group, which is the same for an equal group. */
  refer(goType: string, group: JsonSchema): JsonSchema {
    const text = JSON.stringify(group);
    let name = this.#byText.get(text);
    if (name === undefined) {
      name = goType;
      for (let i = 2; name in this.all; i++) name = `${goType}.${i}`;
      this.#byText.set(text, name);
      this.all[name] = group;
    }
    return { allOf: [{ $ref: `#/definitions/${name}` }] };
  }
}

/** The schema of one value, with its description and default. */
function schemaOf(schema: z.ZodType, definitions: Definitions): JsonSchema {
  const metadata = metadataOf(schema);
  const { withoutEffect, isOlder, default: byDefault } = metadata;
  const meaning = descriptionOf(schema);
  const noEffect =
    withoutEffect === undefined ? '' : `No effect in pitot${withoutEffect === '' ? '' : `: ${withoutEffect}`}.`;
  const description = [meaning ?? '', noEffect].filter((text) => text !== '').join(' ');
  const hasDefault = byDefault !== undefined && byDefault !== '' && typeof byDefault !== 'bigint';
  return {
    ...(description !== '' && { description }),
    ...(hasDefault && metadata.kind !== 'duration' && { default: byDefault }),
    ...(hasDefault && metadata.kind === 'duration' && typeof byDefault === 'string' && { default: byDefault }),
    ...((withoutEffect !== undefined || isOlder) && { deprecated: true }),
    ...checkOf(schema, definitions),
  };
}

function checkOf(schema: z.ZodType, definitions: Definitions): JsonSchema {
  const {
    kind,
    values: accepted = [],
    item,
    shape = {},
    presence = 'always',
    isPointer,
    goType = 'group',
  } = metadataOf(schema);
  switch (kind) {
    case 'string':
    case 'secret':
      return { type: ['string', 'null'] };
    case 'boolean':
      return { anyOf: [{ type: ['boolean', 'null'] }, reference] };
    case 'integer':
    case 'float':
      return { anyOf: [{ type: ['number', 'null'] }, reference] };
    case 'duration':
      return { type: ['string', 'number', 'null'] };
    case 'enumeration':
      // Cases and numbers are accepted, too; the list is for completion.
      return { anyOf: [{ enum: accepted }, { type: ['string', 'number', 'null'] }] };
    case 'list':
      return { anyOf: [{ type: ['array', 'null'], ...(item && { items: elementOf(item, definitions) }) }, reference] };
    case 'map':
      return {
        anyOf: [
          { type: ['object', 'null'], ...(item && { additionalProperties: schemaOf(item, definitions) }) },
          reference,
        ],
      };
    case 'group':
      return definitions.refer(
        goType,
        groupOf({ shape, isSwitchable: presence !== 'always' && !isPointer }, definitions),
      );
    case 'any':
      return {};
  }
}

/** Lists of groups can contain texts, which form one more group. */
function elementOf(item: z.ZodType, definitions: Definitions): JsonSchema {
  const element = schemaOf(item, definitions);
  return metadataOf(item).kind === 'group' ? { anyOf: [element, { type: ['string', 'null'] }] } : element;
}

function groupOf(
  { shape, isSwitchable }: { readonly shape: Readonly<Record<string, z.ZodType>>; readonly isSwitchable: boolean },
  definitions: Definitions,
): JsonSchema {
  const keys = Object.entries(shape).map(([key, schema]) => [key, schemaOf(schema, definitions)] as const);
  const enabled = { enabled: { type: 'boolean', description: 'Whether the group exists.' } };
  const properties = { ...(isSwitchable && enabled), ...Object.fromEntries(keys) };
  return { anyOf: [{ type: ['object', 'null'], properties, additionalProperties: false }, reference] };
}
