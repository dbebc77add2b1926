import { jsonFlag } from './client-flags.ts';
import type { Command, CommandLine } from './command.ts';
import { configurationFlags, locationsOf } from './flags.ts';
import { type ConfigurationFacts, composeFile, scrapeConfig, serviceMonitor, systemdUnit } from './generated-files.ts';
import { alertRules, dashboards, servers } from './generated-monitoring.ts';
import { monitoringFiles } from './monitoring-files.ts';
import { lastValue, type ParsedArguments, UsageError } from './parse-arguments.ts';

const defaults = { host: 'localhost', executable: '/usr/bin/pitot', selector: 'app.kubernetes.io/name=pitot' };

function labelsOf(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  if (pairs.some(({ length }) => length !== 2)) throw new Error('must be labels such as app.kubernetes.io/name=pitot');
  return Object.fromEntries(pairs);
}

/** The value of a flag that is one of several words. */
function oneOf<Word extends string>(words: readonly Word[]) {
  return (text: string): Word => {
    if ((words as readonly string[]).includes(text)) return text as Word;
    throw new Error(`must be ${words.join(' or ')}`);
  };
}
const serverOf = oneOf(servers);
const formatOf = oneOf(['file', 'resource']);

/** What can be generated, by the name of the kind. */
const kinds: Readonly<Record<string, (facts: ConfigurationFacts, parsed: ParsedArguments) => string>> = {
  alerts: (_facts, parsed) =>
    alertRules(
      monitoringFiles(),
      serverOf(lastValue(parsed, 'for') ?? 'prometheus'),
      lastValue(parsed, 'format') === 'resource',
    ),
  dashboards: (_facts, parsed) =>
    dashboards(monitoringFiles(), serverOf(lastValue(parsed, 'for') ?? 'prometheus'), lastValue(parsed, 'dashboard')),
  compose: (facts) => composeFile(facts),
  'scrape-config': (facts, parsed) => scrapeConfig(facts, lastValue(parsed, 'host') ?? defaults.host),
  servicemonitor: (facts, parsed) =>
    serviceMonitor(facts, labelsOf(lastValue(parsed, 'selector') ?? defaults.selector)),
  systemd: (facts, parsed) => systemdUnit(facts, lastValue(parsed, 'executable') ?? defaults.executable),
};

export const genCommand: Command = {
  name: 'gen',
  about: 'Generates files for other programs that fit a configuration',
  longAbout: `Generates a file for another program that fits a configuration: its ports, TLS, health check, and storage.

  scrape-config    scrape jobs for Prometheus
  servicemonitor   ServiceMonitor of the Prometheus Operator
  compose          Compose file
  systemd          systemd unit
  alerts           alerts and recording rules, as a file or as a PrometheusRule or VMRule
  dashboards       dashboards for Grafana: a ConfigMap for each, or the JSON of one

Without --config, it uses the built-in configuration. With --json, the same contents are JSON, and several resources are a List for kubectl.

Examples:
  pitot gen scrape-config --config=config.yaml --host=pitot
  pitot gen servicemonitor --selector=app.kubernetes.io/instance=otel-collector
  pitot gen systemd --config=/etc/pitot/config.yaml > /etc/systemd/system/pitot.service
  pitot gen alerts --format=resource --for=victoriametrics | kubectl apply -f -
  pitot gen dashboards --dashboard=airflow > airflow.json
  pitot gen scrape-config --json | jq '.scrape_configs[].static_configs'`,
  operands: { name: Object.keys(kinds).join('|'), min: 1, max: 1, words: Object.keys(kinds) },
  flags: [
    ...configurationFlags,
    { name: 'dashboard', value: 'name', help: 'Dashboard of which to print the JSON' },
    { name: 'executable', value: 'path', help: `Path of pitot in the unit (default "${defaults.executable}")` },
    {
      name: 'for',
      value: servers.join('|'),
      help: 'Server that evaluates the queries (default "prometheus")',
      check: serverOf,
    },
    { name: 'format', value: 'file|resource', help: 'Form of the alerts (default "file")', check: formatOf },
    { name: 'host', value: 'name', help: `Host of pitot for Prometheus (default "${defaults.host}")` },
    jsonFlag,
    {
      name: 'selector',
      value: 'labels',
      help: `Labels of the Service (default "${defaults.selector}")`,
      check: labelsOf,
    },
  ],
  execute: async (parsed, line) => {
    const generate = kinds[parsed.operands[0]!];
    if (!generate) {
      const known = Object.keys(kinds).join(', ');
      throw new UsageError(`cannot generate ${JSON.stringify(parsed.operands[0])}; use one of: ${known}`);
    }
    const text = generate(await configuredFacts(parsed, line), parsed);
    if (!parsed.flags.has('json')) return text;
    const { asJson } = await import('./generated-json.ts');
    return `${JSON.stringify(asJson(text), null, 2)}\n`;
  },
};

/** Returns the facts about the configuration of a command line. @throws the errors of the configuration */
async function configuredFacts(parsed: ParsedArguments, line: CommandLine): Promise<ConfigurationFacts> {
  const [{ loadFrom }, { factoriesFor }, { requireValid }, { factsOf }, { sourceOf }] = await Promise.all([
    import('#collector.ts'),
    import('#components.ts'),
    import('#config/validate-whole.ts'),
    import('./configuration-facts.ts'),
    import('./configuration-source.ts'),
  ]);
  const given = locationsOf(parsed);
  const loaded = await loadFrom({ source: sourceOf(given, line), factories: factoriesFor });
  requireValid(loaded, 'invalid configuration: ', true);
  return factsOf(loaded, given);
}
