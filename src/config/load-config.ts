import { z } from 'zod';
import type { ComponentKind } from '#component/component.ts';
import type { ExporterFactory, ExtensionFactory, ProcessorFactory, ReceiverFactory } from '#component/factory.ts';
import { bareDurations } from './bare-durations.ts';
import { ConfigError } from './config-error.ts';
import { hintsFor } from './hints.ts';
import { upgradeOldSpellings } from './old-spellings.ts';
import type { Notice } from './providers.ts';
import { isRawMap, type RawMap, withoutText } from './raw-value.ts';
import type { ResolvedConfig } from './resolve-config.ts';
import { withMetadata } from './schema/metadata.ts';
import { config, parseConfig } from './schema.ts';
import { type ConfiguredSection, decodeSection } from './section.ts';
import { type ServiceConfig, serviceConfig } from './service-config.ts';
import { settingsWithoutEffect } from './settings-without-effect.ts';

/** Component factories, by kind. */
export interface Factories {
  readonly receivers: readonly ReceiverFactory[];
  readonly processors: readonly ProcessorFactory[];
  readonly exporters: readonly ExporterFactory[];
  readonly extensions: readonly ExtensionFactory[];
  /** Names of the distribution's other types, which the configuration does not name. */
  readonly otherNames?: Readonly<Record<FactoryKind, readonly string[]>>;
}

/** The sections whose components have factories. */
export type FactoryKind = 'receivers' | 'processors' | 'exporters' | 'extensions';

/** A configuration with types and defaults. `requireValid` checks the rules that concern it as a whole. */
export interface LoadedConfig {
  readonly receivers: ConfiguredSection<ReceiverFactory>;
  readonly processors: ConfiguredSection<ProcessorFactory>;
  readonly exporters: ConfiguredSection<ExporterFactory>;
  readonly connectors: ConfiguredSection<never>;
  readonly extensions: ConfiguredSection<ExtensionFactory>;
  readonly service: ServiceConfig;
  /** Notices for the log. */
  readonly notices: readonly Notice[];
  readonly resolved: ResolvedConfig;
}

/**
 * Decodes a resolved configuration into typed settings.
 * @throws ConfigError `failed to get config: cannot unmarshal the configuration: …`
 */
export function loadConfig(resolved: ResolvedConfig, factories: Factories): LoadedConfig {
  const { raw, notices } = upgradeOldSpellings(resolved.raw);
  const schema = config('otelcol.configSettings', {
    receivers: section('receiver', factories.receivers, factories.otherNames?.receivers),
    processors: section('processor', factories.processors, factories.otherNames?.processors),
    exporters: section('exporter', factories.exporters, factories.otherNames?.exporters),
    connectors: section('connector', [] as never[]),
    extensions: section('extension', factories.extensions, factories.otherNames?.extensions),
    service: serviceConfig,
  });
  const result = parseConfig(schema, raw);
  if (result.ok) {
    const loaded = { ...result.value, notices: [], resolved };
    return {
      ...loaded,
      notices: [...resolved.notices, ...notices, ...settingNotices(loaded, raw), ...remarkNotices(loaded)],
    };
  }
  throw new ConfigError(`failed to get config: cannot unmarshal the configuration: ${result.failure.message}`, {
    hints: hintsFor(result.failure.sources, { resolved, factories }),
  });
}

/** Returns the notices about settings that the schemas of components and of `service` show. */
function settingNotices(loaded: LoadedConfig, raw: RawMap): Notice[] {
  const sections = ['receivers', 'processors', 'exporters', 'extensions'] as const;
  const ofComponents = sections.flatMap((name) => {
    const section = withoutText(raw[name]);
    if (!isRawMap(section)) return [];
    return Object.entries(section).flatMap(([id, body]) => {
      const configured = loaded[name].components.get(id);
      return configured ? [{ schema: configured.factory.configSchema, body, path: [name, id] }] : [];
    });
  });
  const all = [...ofComponents, { schema: serviceConfig, body: raw.service, path: ['service'] }];
  const ignored = all.flatMap(({ schema, body, path }) => settingsWithoutEffect(schema, body, path));
  return [
    ...all.flatMap(({ schema, body, path }) => bareDurations(schema, body, path)),
    ...(ignored.length > 0 ? [withoutEffectNotice(ignored)] : []),
  ];
}

function withoutEffectNotice(keys: readonly string[]): Notice {
  return { level: 'info', message: 'Settings have no effect in pitot', fields: { keys } };
}

/** Returns a notice for each setting that a component ignores. */
function remarkNotices(loaded: LoadedConfig): Notice[] {
  const sections = ['receivers', 'processors', 'exporters', 'extensions'] as const;
  return sections.flatMap((name) =>
    [...loaded[name].components.values()].flatMap(({ id, factory, config }) =>
      (factory.remarks?.(config as never) ?? []).map(({ key, message, fields }) => ({
        level: 'warn' as const,
        message,
        fields: { key: [name, id, key].join('::'), ...fields },
      })),
    ),
  );
}

type AnyFactory = Factories[FactoryKind][number];

/** Decodes one of the top-level maps of components. */
function section<Factory extends AnyFactory>(
  kind: ComponentKind | 'connector',
  factories: readonly Factory[],
  otherNames: readonly string[] = [],
): z.ZodType<ConfiguredSection<Factory>> {
  const schema = z
    .unknown()
    .optional()
    .transform((raw, context): ConfiguredSection<Factory> => {
      const result = decodeSection(kind, withoutText(raw), { factories, otherNames });
      if ('section' in result) return result.section;
      context.addIssue({ code: 'custom', message: result.problem, params: { sources: result.sources } });
      return z.NEVER;
    });
  return withMetadata(schema as z.ZodType<ConfiguredSection<Factory>>, { kind: 'any' });
}
