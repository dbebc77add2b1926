import type { z } from 'zod';
import { descriptionOf, metadataOf } from '#config/schema.ts';
import { formatDuration } from '#go/duration.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

interface Row {
  readonly key: string;
  readonly type: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** References to the tables of large groups, by Go type. */
const documentedElsewhere: Readonly<Record<string, string>> = {
  'configtls.ServerConfig': 'See [HTTP servers](#http-servers).',
};

/**
 * Returns the keys of a schema as a Markdown table. Keys of nested groups contain dots. Omits keys that other tables list: keys of
 * `shared` with the same default, and settings without effect.
 */
export function keyTable(schema: z.ZodType, shared: Shape = {}): string {
  const rows = rowsOf(metadataOf(schema).shape ?? {}, '', shared);
  if (rows.length === 0) return 'No settings.\n';
  const lines = rows.map((row) => `| \`${row.key}\` | ${row.type} | ${row.byDefault} | ${row.meaning} |`);
  return `| Key | Type | Default | Description |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

/** Returns the settings without effect of a schema, as rows of a table: one row per reason. */
export function withoutEffectRows(owner: string, schema: z.ZodType, shared: Shape = {}): string[] {
  const keysByReason = new Map<string, string[]>();
  const visit = (below: z.ZodType, key: string): void => {
    const { shape = {}, item, withoutEffect } = metadataOf(below);
    if (withoutEffect !== undefined) {
      keysByReason.set(withoutEffect, [...(keysByReason.get(withoutEffect) ?? []), `\`${key}\``]);
      return;
    }
    const isShared = Object.keys(shared).length > 0 && Object.keys(shared).every((name) => name in shape);
    for (const [name, child] of Object.entries(shape)) {
      if (!isShared || !(name in shared)) visit(child, key === '' ? name : `${key}.${name}`);
    }
    if (item) visit(item, `${key}[]`);
  };
  visit(schema, '');
  return [...keysByReason].map(([reason, keys]) => `| ${owner} | ${keys.join(', ')} | ${sentence(reason)} |`);
}

function sentence(reason: string): string {
  return reason === '' ? 'The setting has no equivalent in pitot' : `${reason[0]!.toUpperCase()}${reason.slice(1)}`;
}

/** Whether a schema, or a group inside it, contains all keys of `shared`. */
export function hasShape(schema: z.ZodType, shared: Shape): boolean {
  const { shape = {} } = metadataOf(schema);
  if (Object.keys(shared).every((key) => key in shape)) return true;
  return Object.values(shape).some((below) => hasShape(below, shared));
}

function rowsOf(shape: Shape, prefix: string, shared: Shape): Row[] {
  const isShared = Object.keys(shared).every((key) => key in shape);
  return Object.entries(shape).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    if (isShared && name in shared && defaultText(schema) === defaultText(shared[name]!)) return [];
    const { item, shape: below, goType = '', withoutEffect } = metadataOf(schema);
    if (withoutEffect !== undefined) return [];
    const inItem = item && metadataOf(item).shape;
    const reference = Object.keys(shared).length > 0 ? documentedElsewhere[goType] : undefined;
    const meaning = [descriptionOf(schema) ?? '', reference ?? ''].join(' ').trim();
    const row = { key, type: typeText(schema), byDefault: defaultText(schema), meaning: escaped(meaning) };
    if (reference !== undefined) return [row];
    if (goType === 'metadata.ResourceAttributesConfig') return [row, attributeRow(key, below ?? {})];
    return [
      row,
      ...(below ? rowsOf(below, `${key}.`, shared) : []),
      ...(inItem ? rowsOf(inItem, `${key}[].`, shared) : []),
    ];
  });
}

/** Returns one row for the switches of all resource attributes of a detector. */
function attributeRow(key: string, attributes: Shape): Row {
  const isOn = (name: string) => metadataOf(metadataOf(attributes[name]!).shape!.enabled!).default === true;
  const named = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const on = Object.keys(attributes).filter(isOn);
  const off = Object.keys(attributes).filter((name) => !isOn(name));
  const meaning = [
    ...(on.length > 0 ? [`Enabled: ${named(on)}.`] : []),
    ...(off.length > 0 ? [`Disabled: ${named(off)}.`] : []),
  ].join(' ');
  return { key: `${key}.<attribute>.enabled`, type: 'boolean', byDefault: '', meaning };
}

function typeText(schema: z.ZodType): string {
  const { kind, item, values, presence } = metadataOf(schema);
  if (kind === 'enumeration')
    return (values ?? [])
      .filter((value) => value !== '')
      .map((value) => `\`${value}\``)
      .join(', ');
  if (kind === 'list') return item ? `list of ${typeText(item)}` : 'list';
  if (kind === 'map') return item ? `map to ${typeText(item)}` : 'map';
  if (kind === 'group') return presence === 'always' || presence === undefined ? 'group' : 'group, optional';
  return { string: 'text', secret: 'text, secret', float: 'number', any: 'anything' }[kind as string] ?? kind;
}

function defaultText(schema: z.ZodType): string {
  const { kind, presence, default: value } = metadataOf(schema);
  if (kind === 'group') return presence === 'on-content' || presence === 'on-key' ? 'off' : '';
  if (kind === 'duration') return `\`${typeof value === 'number' ? formatDuration(value) : value}\``;
  if (value === undefined || value === '') return '';
  if (Array.isArray(value) && value.some((item) => typeof item === 'object')) return '';
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
