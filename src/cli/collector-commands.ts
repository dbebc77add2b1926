import { checkHealth, defaultHealthUrl } from './check-health.ts';
import { jsonFlag } from './client-flags.ts';
import type { Command, CommandLine, Printed } from './command.ts';
import { errorText } from './error-text.ts';
import { configurationFlags, gateRemarks, locationsOf } from './flags.ts';
import { gateForApi, listGates } from './list-gates.ts';
import { type Flag, lastValue, type ParsedArguments, UsageError } from './parse-arguments.ts';

/* The commands of the Collector, with its texts. Their `own` parts are pitot's. */

const printFlags: readonly Flag[] = [
  { name: 'format', value: 'string', help: 'Output format: yaml (default), json (unstable)) (default "yaml")' },
  { name: 'mode', value: 'string', help: 'Operating mode: redacted (default), unredacted (default "redacted")' },
  { name: 'validate', help: 'Validation mode: true (default), false (default true)' },
];

const json = (value: unknown) => `${JSON.stringify(value)}\n`;

export const collectorCommands: readonly Command[] = [
  {
    name: 'components',
    about: 'Outputs available components in this collector distribution',
    longAbout:
      'Outputs available components in this collector distribution including their stability levels. The output format is not stable and can change between releases.',
    flags: [],
    own: { flags: [jsonFlag], examples: ['pitot components', "pitot components --json | jq '.exporters[].name'"] },
    execute: async ({ flags }, { build }) => {
      const [{ builtIn, componentsText }, { factoriesFor }] = await Promise.all([
        import('./list-components.ts'),
        import('#components.ts'),
      ]);
      const listed = builtIn(build, await factoriesFor());
      return flags.has('json') ? json(listed) : componentsText(listed);
    },
  },
  {
    name: 'featuregate',
    about: 'Display feature gates information',
    longAbout: 'Display information about available feature gates and their status',
    operands: { name: '[feature-id]', max: 1 },
    flags: [],
    own: { flags: [jsonFlag], examples: ['pitot featuregate', 'pitot featuregate service.AllowNoPipelines --json'] },
    execute: ({ operands, flags }) => (flags.has('json') ? json(gateForApi(operands[0])) : listGates(operands[0])),
  },
  {
    name: 'healthcheck',
    about: 'Asks a running collector whether it is healthy',
    longAbout: `Asks the health_check extension of a running collector and ends with 0 when it is healthy.\nWithout a URL: ${defaultHealthUrl}`,
    operands: { name: '[url]', max: 1 },
    flags: [],
    own: {
      flags: [jsonFlag],
      examples: ['pitot healthcheck', 'kubectl exec POD -- /pitot healthcheck http://127.0.0.1:13133/'],
      exitStatus: '0 if pitot is healthy; 1 if it is not, or does not answer',
    },
    execute: async ({ operands, flags }) => {
      const url = operands[0] ?? defaultHealthUrl;
      if (!flags.has('json')) return `${await checkHealth(url)}\n`;
      return asJson(async () => ({ isHealthy: true, answer: await checkHealth(url) }), { isHealthy: false });
    },
  },
  {
    name: 'print-config',
    aliases: ['print-initial-config'],
    about: "Prints the Collector's configuration in the specified mode",
    longAbout: `Prints the Collector's configuration with different levels of processing:

- redacted: Shows the resolved configuration with sensitive data redacted (default)
- unredacted: Shows the resolved configuration with all sensitive data visible

The output prints in YAML by default. To print JSON use --format=json,
however this is considered unstable.

Validation is enabled by default, as a safety measure.`,
    flags: [...configurationFlags, ...printFlags],
    own: {
      flags: [{ name: 'json', help: 'Same as --format=json' }],
      examples: ['pitot print-config --config=config.yaml', 'pitot print-config > config.yaml'],
    },
    execute: printConfig,
  },
  {
    name: 'validate',
    about: 'Validates the config without running the collector',
    flags: configurationFlags,
    own: {
      flags: [jsonFlag],
      examples: [
        'pitot validate --config=config.yaml',
        'pitot validate --config=config.yaml --set=processors.batch.timeout=2s --json',
      ],
      exitStatus: '0 if the configuration is valid, also with hints; 1 otherwise',
    },
    execute: async (parsed, line, { isTerminal }) => {
      const validate = async () => {
        const { collectorFor } = await import('./collector-for.ts');
        const remarks = await collectorFor(locationsToValidate(parsed, line), line).validate();
        return [...gateRemarks(parsed), ...remarks.map((remark) => remark.replace(/^hint: /, ''))];
      };
      if (parsed.flags.has('json')) {
        return asJson(async () => ({ isValid: true, hints: await validate() }), { isValid: false });
      }
      const remarks = (await validate()).map((remark) => `hint: ${remark}`);
      return { print: isTerminal ? 'The configuration is valid.\n' : '', remarks };
    },
  },
];

/** Returns a result as JSON; or, with exit status 1, `failure` with the error. An invalid command line is no result. */
async function asJson(ask: () => Promise<object>, failure: object): Promise<Printed> {
  try {
    return { print: json(await ask()) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return {
      print: json({
        ...failure,
        error: errorText(error)
          .replace(/^Error: /, '')
          .trimEnd(),
      }),
      exitCode: 1,
    };
  }
}

async function printConfig(parsed: ParsedArguments, line: CommandLine): Promise<string> {
  const [{ loadFrom }, { factoriesFor }, { requireValid }, { printedConfig, configText }, { sourceOf }] =
    await Promise.all([
      import('#collector.ts'),
      import('#components.ts'),
      import('#config/validate-whole.ts'),
      import('#config/printed-config.ts'),
      import('./configuration-source.ts'),
    ]);
  const mode = lastValue(parsed, 'mode') ?? 'redacted';
  if (mode !== 'redacted' && mode !== 'unredacted')
    throw new UsageError(`invalid mode ${JSON.stringify(mode)}: modes are: redacted, unredacted`);
  const format = parsed.flags.has('json') ? 'json' : (lastValue(parsed, 'format') ?? 'yaml').toLowerCase();
  const loaded = await loadFrom({ source: sourceOf(locationsOf(parsed), line), factories: factoriesFor });
  if (lastValue(parsed, 'validate') !== 'false') requireValid(loaded, 'invalid configuration: ');
  if (format !== 'yaml' && format !== 'json') throw new UsageError(`unrecognized print format: ${format}`);
  const shown = printedConfig(loaded, { showSecrets: mode === 'unredacted' });
  // Same as the Collector: with an empty line at the end.
  return `${configText(shown, format)}\n`;
}

/**
 * Returns the locations to validate. Without a location, pitot validates the built-in configuration. The Collector
 * refuses the command.
 */
function locationsToValidate(parsed: ParsedArguments, line: CommandLine): string[] {
  const locations = locationsOf(parsed);
  if (locations.length === 0 && line.build.command !== 'pitot')
    throw new UsageError('at least one config flag must be provided');
  return locations;
}
