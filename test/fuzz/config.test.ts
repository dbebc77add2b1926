import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { factoriesFor } from '#components.ts';
import { ConfigError } from '#config/config-error.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import { type LoadedConfig, loadConfig } from '#config/load-config.ts';
import { configText, printedConfig } from '#config/printed-config.ts';
import { ExpandedText, GoFloat, type RawMap, type RawValue } from '#config/raw-value.ts';
import { resolveConfig } from '#config/resolve-config.ts';
import { metadataOf } from '#config/schema.ts';
import { serviceConfig } from '#config/service-config.ts';
import { requireValid } from '#config/validate-whole.ts';

const components = await factoriesFor();

/* Every configuration is parsed or refused with a ConfigError. A parsed configuration can be compared and printed. */

const scalar: fc.Arbitrary<RawValue> = fc.oneof(
  fc.constantFrom<RawValue[]>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    'x',
    '',
    '5s',
    'never',
    'a,b',
    'none',
    '127.0.0.1:0',
    '\ud800',
  ),
  fc.constantFrom<RawValue[]>(2n ** 63n, -(2n ** 63n), new GoFloat(3), Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom<RawValue[]>(
    new Date(0),
    new ExpandedText('010', 8),
    new ExpandedText('', null),
    new ExpandedText('[a]', ['a']),
  ),
  fc.string({ maxLength: 8 }),
);
/** Keys without a dollar sign, because keys are not expanded, and without two colons, which split a key. */
const key = fc.string({ maxLength: 5 }).filter((text) => !/\$|::/.test(text));
const anything = fc.letrec<{ value: RawValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Returns values for a schema. Each of its keys is absent, has a value of its type, or has any value. */
function valueFor(schema: z.ZodType): fc.Arbitrary<RawValue> {
  const { shape, item, kind, values } = metadataOf(schema);
  const alternatives: fc.WeightedArbitrary<RawValue>[] = [{ arbitrary: anything, weight: 1 }];
  if (shape) {
    const keys = Object.fromEntries(Object.entries(shape).map(([name, below]) => [name, valueFor(below)]));
    const some = fc.record(keys, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<RawMap>;
    alternatives.push({ arbitrary: some, weight: 8 });
    alternatives.push({ arbitrary: some.map((map) => ({ ...map, enabled: false })), weight: 1 });
  }
  if (kind === 'list' && item) alternatives.push({ arbitrary: fc.array(valueFor(item), { maxLength: 3 }), weight: 8 });
  if (kind === 'map' && item) {
    const map = fc.dictionary(key, valueFor(item), { maxKeys: 3, noNullPrototype: true });
    alternatives.push({ arbitrary: map, weight: 8 });
  }
  if (values) alternatives.push({ arbitrary: fc.constantFrom(...values), weight: 4 });
  const plain: Readonly<Record<string, fc.Arbitrary<RawValue>>> = {
    string: fc.string({ maxLength: 8 }),
    secret: fc.string({ maxLength: 8 }),
    boolean: fc.boolean(),
    integer: fc.integer({ min: -2, max: 2000 }),
    float: fc.double(),
    duration: fc.constantFrom('1s', '0s', '5m', '-1s', 'never'),
  };
  if (plain[kind]) alternatives.push({ arbitrary: plain[kind], weight: 8 });
  return fc.oneof(...alternatives);
}

/** Parses a raw configuration. @returns undefined if it is refused with a ConfigError */
function load(raw: RawMap): LoadedConfig | undefined {
  try {
    const loaded = loadConfig({ raw, sources: [], notices: [] }, components);
    requireValid(loaded);
    return loaded;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toMatch(/Invalid input|\bundefined\b/);
    return undefined;
  }
}

const base: RawMap = {
  receivers: { otlp: { protocols: { http: null } } },
  exporters: { debug: null },
  service: { pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } } },
};

/** Checks that a parsed configuration equals itself and can be printed, and that the printed text parses to the same configuration. */
async function check(raw: RawMap): Promise<void> {
  const loaded = load(raw);
  if (!loaded) return;
  for (const section of [loaded.receivers, loaded.processors, loaded.exporters, loaded.extensions]) {
    for (const { config } of section.components.values()) {
      expect(fingerprintOf(structuredClone(config))).toBe(fingerprintOf(config));
    }
  }
  const printed = printedConfig(loaded, { showSecrets: true });
  const text = configText(printed, 'yaml').replaceAll('$', '$$$$');
  const again = await resolveConfig({ locations: [`yaml:${text}`], environment: {} });
  expect(configText(printedConfig(loadConfig(again, components), { showSecrets: true }), 'yaml')).toBe(
    configText(printed, 'yaml'),
  );
}

const runs = { numRuns: 150 };
const sections = ['receivers', 'processors', 'exporters', 'extensions'] as const;

describe.each(sections)('%s', (section) => {
  test.each(components[section].map((factory) => [factory.type, factory] as const))('%s', async (type, factory) => {
    await fc.assert(
      fc.asyncProperty(valueFor(factory.configSchema), async (body) => {
        const others = base[section] as RawMap | undefined;
        await check({ ...base, [section]: { ...others, [`${type}/fuzzed`]: body } });
      }),
      runs,
    );
  });
});

test('service', async () => {
  await fc.assert(
    fc.asyncProperty(valueFor(serviceConfig), (service) => check({ ...base, service })),
    { numRuns: 400 },
  );
});

test('everything at the top', async () => {
  await fc.assert(
    fc.asyncProperty(anything, fc.constantFrom(...Object.keys(base), 'processors', 'extensions', 'x'), (value, name) =>
      check({ ...base, [name]: value }),
    ),
    { numRuns: 400 },
  );
});
