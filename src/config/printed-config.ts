import { parse, Scalar, stringify } from 'yaml';
import type { z } from 'zod';
import { formatDuration } from '#go/duration.ts';
import type { HeaderPair } from './header-map.ts';
import type { LoadedConfig } from './load-config.ts';
import { GoFloat } from './raw-value.ts';
import { camelCase } from './schema/groups.ts';
import { metadataOf } from './schema.ts';
import { serviceConfig } from './service-config.ts';

/** Replacement for secrets. */
const redacted = '[REDACTED]';

/** Parameters of {@link printedConfig}. */
export interface PrintOptions {
  readonly showSecrets: boolean;
}

/**
 * Returns the effective configuration for `print-config`, as a value to be written as YAML: defaults filled in, keys
 * sorted, secrets redacted.
 */
export function printedConfig(loaded: LoadedConfig, options: PrintOptions): unknown {
  const section = (name: 'receivers' | 'processors' | 'exporters' | 'extensions') =>
    Object.fromEntries(
      [...loaded[name].components.values()].map(({ id, factory, config }) => [
        id,
        printed(factory.configSchema, config, options),
      ]),
    );
  return sorted({
    receivers: section('receivers'),
    processors: section('processors'),
    exporters: section('exporters'),
    extensions: section('extensions'),
    connectors: {},
    service: printed(serviceConfig, loaded.service, options),
  });
}

/** Formats a printed configuration as a text that parses to the same configuration. */
export function configText(printed: unknown, format: 'yaml' | 'json'): string {
  if (format === 'json') {
    return JSON.stringify(
      printed,
      (_, value: unknown) => {
        if (typeof value === 'bigint') return Number(value);
        return value instanceof GoFloat ? value.value : value;
      },
      2,
    );
  }
  const scalar = (_: unknown, value: unknown) => {
    if (typeof value === 'string') return textNode(value);
    return value instanceof GoFloat ? wholeFloat(value.value) : value;
  };
  return stringify(printed, scalar, { indent: 4, lineWidth: 0, aliasDuplicateObjects: false });
}

/** Returns a node for `1.0`: without the fraction, the number would be an integer. */
function wholeFloat(value: number): Scalar {
  const scalar = new Scalar(value);
  scalar.minFractionDigits = 1;
  return scalar;
}

/** Quotes a text as the Collector does: double quotes if it would be of another type, single quotes for special characters. */
function textNode(text: string): string | Scalar {
  if (text.includes('\n')) return text;
  const scalar = new Scalar(text);
  if (text.includes('\t') || isOtherType(text)) scalar.type = Scalar.QUOTE_DOUBLE;
  else if (/^(['"]|---)/.test(stringify(text))) scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}

/** Returns whether a text without quotes would be a number, boolean, null, or date of YAML 1.1 or 1.2. */
function isOtherType(text: string): boolean {
  if (text === '<<') return true;
  if (!/^[-+.~\w:]*$/.test(text) || text.startsWith('---')) return false;
  return (['core', 'yaml-1.1'] as const).some((schema) => {
    const value: unknown = parse(text, { schema });
    return value === null || value instanceof Date || ['number', 'boolean', 'bigint'].includes(typeof value);
  });
}

function printed(schema: z.ZodType, value: unknown, options: PrintOptions): unknown {
  const { kind, shape, item, written, presence, isPointer, isPairs } = metadataOf(schema);
  if (value === undefined || value === null) {
    // An empty value would enable such a group. The Collector prints `null` nonetheless.
    return !isPointer && (presence === 'on-key' || presence === 'unless-disabled') ? { enabled: false } : null;
  }
  if (written) return written(value as never);
  if (kind === 'duration') return value === Number.POSITIVE_INFINITY ? 'never' : formatDuration(value as number);
  if (kind === 'secret' && !options.showSecrets) return value === '' ? '' : redacted;
  if (kind === 'group' && shape) {
    const group = value as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(shape)
        .filter(([key, child]) => group[camelCase(key)] !== undefined || !isOmitted(child))
        .map(([key, child]) => [key, printed(child, group[camelCase(key)], options)]),
    );
  }
  if (kind === 'list' && item && Array.isArray(value)) return value.map((element) => printed(item, element, options));
  if (kind === 'map' && Array.isArray(value)) {
    if (isPairs) return pairsOf(value as readonly HeaderPair[], (text) => printed(item!, text, options));
    const pairs = value as { readonly name: string; readonly value: unknown }[];
    return Object.fromEntries(pairs.map((pair) => [pair.name, printed(item!, pair.value, options)]));
  }
  if (kind === 'map' && item) {
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, printed(item, element, options)]));
  }
  return value;
}

/** Whether an absent key is not printed. The Collector prints `null` for a group that a key without a value enables. */
function isOmitted(schema: z.ZodType): boolean {
  const { isOlder, isPointer, presence } = metadataOf(schema);
  return isOlder === true || (isPointer === true && presence === 'on-key');
}

function pairsOf(pairs: readonly HeaderPair[], text: (value: string) => unknown): unknown[] {
  return pairs.map(({ name, value }) => ({ name, value: text(value) }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof GoFloat || value instanceof Date) return value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
