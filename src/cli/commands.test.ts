import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { buildInfoFor } from '#build-info.ts';
import { builtinConfig } from './builtin-config.ts';
import { interpret } from './commands.ts';

/** Returns the output of a command line. */
async function printed(line: string, invokedAs = 'otelcol-contrib'): Promise<string> {
  const args = line === '' ? [] : line.split(' ');
  const outcome = await interpret({ args, build: buildInfoFor(invokedAs), environment: {} });
  return 'print' in outcome ? outcome.print : '(a collector runs)';
}

test('the process is called as it was started', async () => {
  expect(await printed('--version')).toBe('otelcol-contrib version 0.165.0\n');
  expect(await printed('-v', '/usr/bin/otelcol-contrib')).toBe('otelcol-contrib version 0.165.0\n');
  expect(await printed('--version', '/app/src/main.ts')).toMatch(/^pitot version \d+\.\d+\.\d+\n$/);
});

test('help names every command and flag, and each command has its own', async () => {
  const text = await printed('--help');
  for (const word of ['validate', 'components', 'featuregate', 'print-config', 'healthcheck', '--config', '--set']) {
    expect(text).toContain(`  ${word}`.trimStart());
  }
  expect(text).toMatch(
    /^Usage:\n {2}otelcol-contrib \[flags\]\n {2}otelcol-contrib \[command\]\n\nAvailable Commands:\n/,
  );
  expect(await printed('help')).toBe(text);
  const validate = await printed('validate --help');
  expect(validate).toMatch(/^Validates the config without running the collector\n\nUsage:\n/);
  expect(await printed('help validate')).toBe(validate);
  expect(await printed('print-initial-config -h')).toContain('Aliases:\n  print-config, print-initial-config\n');
});

test('flags before a command belong to it', async () => {
  const config = 'yaml:exporters::debug::verbosity: basic';
  const args = ['--config', config, 'print-config', '--validate=false', '--format', 'json'];
  const outcome = await interpret({ args, build: buildInfoFor('pitot'), environment: {} });
  expect(JSON.parse('print' in outcome ? outcome.print : '')).toMatchObject({
    exporters: { debug: { verbosity: 'Basic' } },
  });
});

test('runs the built-in configuration without a configuration, and logs a notice', async () => {
  const outcome = await interpret({ args: [], build: buildInfoFor('pitot'), environment: {} });
  expect(outcome).toMatchObject({
    notices: ['No --config is given: the built-in configuration is used; print-config shows it'],
  });
  const args = ['validate', `--config=yaml:${builtinConfig('/tmp')}`];
  expect(await interpret({ args, build: buildInfoFor('pitot'), environment: {} })).toEqual({ print: '', remarks: [] });
});

test('logs a gate of an unknown component when the collector runs', async () => {
  const args = ['--config=yaml:a', '--feature-gates=receiver.kafkareceiver.something'];
  expect(await interpret({ args, build: buildInfoFor('pitot'), environment: {} })).toMatchObject({
    notices: ['Feature gate "receiver.kafkareceiver.something" does not belong to a component of pitot and is ignored'],
  });
});

test('suggests a command for an unknown one', async () => {
  await expect(printed('validat')).rejects.toThrow(
    'unknown command "validat" for "otelcol-contrib"\n\nDid you mean this?\n\tvalidate\n\nRun \'otelcol-contrib --help\' for usage.',
  );
});

test('components lists what is built in, sorted', async () => {
  const text = await printed('components');
  const names = [...text.matchAll(/^ {4}- name: (.*)$/gm)].map(([, name]) => name);
  expect(names).toContain('otlp');
  const exporters = /^exporters:\n(.*?)^connectors:/ms.exec(text)![1]!;
  const exporterNames = [...exporters.matchAll(/name: (.*)/g)].map(([, name]) => name);
  expect(exporterNames).toEqual(expect.arrayContaining(['debug', 'nop', 'otlp_http', 'prometheus']));
  expect(exporterNames).toEqual(exporterNames.toSorted());
  expect(exporters).toContain('        logs: Undefined\n        metrics: Beta\n        traces: Undefined\n');
});

test('featuregate shows one gate or all', async () => {
  expect(await printed('featuregate')).toMatch(/^ID {2,}Enabled {2}Stage {2,}Description\nconfmap\./);
  expect(await printed('featuregate service.AllowNoPipelines')).toBe(
    'Feature: service.AllowNoPipelines\nEnabled: false\nStage: Alpha\nDescription: Allow starting the Collector without starting any pipelines.\nFrom Version: v0.122.0\nTo Version: v<nil>\n',
  );
});

test('healthcheck queries a running collector', async () => {
  const server = createServer(({ url }, response) => {
    response.writeHead(url === '/up' ? 200 : 503).end('{"status":"x"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await printed(`healthcheck ${address}/up`)).toBe('{"status":"x"}\n');
  await expect(printed(`healthcheck ${address}/down`)).rejects.toThrow(`${address}/down answers 503: {"status":"x"}`);
  server.close();
  await once(server, 'close');
  await expect(printed(`healthcheck ${address}/up`)).rejects.toThrow(`${address}/up does not answer`);
});

test('validate lists ignored and unused components and durations without a unit, with their places', async () => {
  const config = `yaml:
receivers: {otlp: {protocols: {http: }}, jaeger: {}}
exporters: {debug: , prometheus: {endpoint: "localhost:8889", metric_expiration: 300}}
extensions: {zpages: }
service: {pipelines: {traces: {receivers: [otlp, jaeger], exporters: [debug]}}}`;
  const args = ['validate', `--config=${config}`];
  const outcome = await interpret({ args, build: buildInfoFor('pitot'), environment: {} });
  expect(outcome).toEqual({
    print: '',
    remarks: [
      'hint: yaml:…:3:63: exporters::prometheus::metric_expiration: Duration without a unit is in nanoseconds; write a unit {"value":"300ns","use":"300s, 300ms or 300ns"}',
      'hint: yaml:…:2:42: receivers::jaeger: Component not supported by pitot; ignored',
      'hint: yaml:…:3:22: exporters::prometheus: not in a pipeline; ignored',
      'hint: yaml:…:4:14: extensions::zpages: not in service::extensions; ignored',
    ],
  });
});

test.each([
  [['-c', 'x.yaml'], "unknown shorthand flag: 'c' in -c; did you mean --config?"],
  [['-x'], "unknown shorthand flag: 'x' in -x"],
  [['--confg=x'], 'unknown flag: --confg; did you mean --config?'],
  [['replay', 'x', '--shift-time'], 'unknown flag: --shift-time; did you mean --shift-times?'],
  [['replay'], 'requires at least 1 arg(s), received 0; usage: pitot replay <recording>'],
])('%j is refused with a suggestion', async (args, message) => {
  await expect(interpret({ args, build: buildInfoFor('pitot'), environment: {} })).rejects.toThrow(message);
});

test.each([
  [
    'status',
    '--url=http://127.0.0.1:2 --own-metrics=http://127.0.0.1:2 --metrics=http://127.0.0.1:2',
    /^Error: no console/,
  ],
  ['status', '--url=localhost', /^Error: invalid argument "localhost".*\nRun 'pitot status --help' for usage\.$/],
  ['explain', 'x --url=http://127.0.0.1:2', /^Error: no console at http:\/\/127\.0\.0\.1:2: connection refused/],
  ['explain', 'x --recording=/missing', /^Error: open \/missing/],
  ['doctor', '--airflow-env=/missing', /^Error: open \/missing: no such file or directory$/],
  ['diff', 'x', /^Error: name two sources/],
])('%s %s has no answer: exit status 2', async (name, args, message) => {
  const outcome = await interpret({ args: [name, ...args.split(' ')], build: buildInfoFor('pitot'), environment: {} });
  expect(outcome).toEqual({ print: '', remarks: [expect.stringMatching(message)], exitCode: 2 });
});

test('timeouts above 24.8 days are effective', async () => {
  const server = createServer((_, response) => setTimeout(() => response.end('x 1\n'), 50)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  expect(await printed(`diff ${url} ${url} --timeout=10000h`)).toBe('No differences.\n');
  server.close();
});

test.each([
  [['tail', '--x'], "unknown flag: --x\nRun 'pitot tail --help' for usage."],
  [['--to', 'x'], "unknown flag: --to\nRun 'pitot"],
  [['top', 'x'], "accepts 0 arg(s), received 1\nRun 'pitot top --help' for usage."],
  [['top', '--url=localhost:8890'], 'must be a URL such as http://localhost:8890'],
  [['record', 'x', '--from=pitot'], 'must be a URL such as http://localhost:8890'],
  [['top', '--interval=abc'], 'must be a duration such as 30s'],
  [['load', '--duration=1'], 'must be a duration such as 30s'],
  [['cardinality', '{a='], 'the selector "{a=" has no end'],
])('%j says what would be right', async (args, message) => {
  await expect(interpret({ args, build: buildInfoFor('pitot'), environment: {} })).rejects.toThrow(message);
});

test('help of an unknown command says so, and knows aliases', async () => {
  const help = (topic: string) =>
    interpret({ args: ['help', topic], build: buildInfoFor('otelcol-contrib'), environment: {} });
  expect(await help('foo')).toEqual({ print: await printed('--help'), remarks: ['Unknown help topic [`foo`]'] });
  expect(await help('print-initial-config')).toEqual({ print: await printed('print-config --help') });
});

test('validate without --config validates the built-in configuration, and says so on a terminal', async () => {
  const line = { args: ['validate'], build: buildInfoFor('pitot'), environment: {} };
  const io = {
    output: () => undefined,
    progress: () => undefined,
    stopped: new AbortController().signal,
    isTerminal: true,
  };
  expect(await interpret(line, io)).toEqual({ print: 'The configuration is valid.\n', remarks: [] });
  expect(await interpret(line)).toEqual({ print: '', remarks: [] });
  await expect(printed('validate')).rejects.toThrow('at least one config flag must be provided');
});

test.each(['bash', 'zsh', 'fish'])('completion for %s offers commands and their flags', async (shell) => {
  const script = await printed(`completion ${shell}`, 'pitot');
  for (const word of ['replay', 'validate', 'shift-times', 'config']) expect(script).toContain(word);
});

test('the completion of bash completes commands and flags in a real bash', async () => {
  const script = await printed('completion bash', 'pitot');
  const complete = (words: string) =>
    execFileSync(
      'bash',
      ['-c', `${script}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _pitot; echo "\${COMPREPLY[*]}"`],
      {
        encoding: 'utf8',
      },
    ).trim();
  expect(complete('pitot rep')).toBe('replay');
  expect(complete('pitot replay --s')).toBe('--shift-times --speed');
  expect(complete('pitot --conf')).toBe('--config');
  expect(complete('pitot gen s')).toBe('scrape-config servicemonitor systemd');
  expect(complete('pitot gen alerts --format ""')).toBe('file resource');
  expect(complete('pitot gen alerts --for = v')).toBe('victoriametrics');
  expect(complete('pitot help sna')).toBe('snapshot');
  expect(complete('pitot validate --j')).toBe('--json');
});

const names = [...(await printed('--help', 'pitot')).matchAll(/^ {2}([\w-]+) +[A-Z]/gm)].map(([, name]) => name!);

test.each(names.filter((name) => name !== 'help'))(
  'help of %s has examples, the exit status, and --json',
  async (name) => {
    const text = await printed(`${name} --help`, 'pitot');
    expect(text).toMatch(new RegExp(`^Examples:\\n(?: {2}.*\\n)* {2}.*\\bpitot ${name}\\b`, 'm'));
    expect(text).toMatch(/^Exit status: 0 .*\.$/m);
    if (name !== 'completion') expect(text).toMatch(/^ +--json /m);
  },
);

test("help of the Collector's commands is the Collector's under its name", async () => {
  expect(await printed('components --help')).toBe(
    `Outputs available components in this collector distribution including their stability levels. The output format is not stable and can change between releases.

Usage:
  otelcol-contrib components [flags]

Flags:
  -h, --help   help for components
`,
  );
  await expect(printed('components --json')).rejects.toThrow('unknown flag: --json');
});

test.each<[string, object]>([
  ['validate', { isValid: true, hints: [] }],
  ['validate --config=yaml:a:', { isValid: false, error: expect.stringMatching(/has invalid keys: a\nhint: /) }],
  ['components', { buildinfo: { command: 'pitot' }, connectors: [] }],
  ['featuregate service.AllowNoPipelines', { id: 'service.AllowNoPipelines', enabled: false }],
  ['healthcheck http://127.0.0.1:1/', { isHealthy: false, error: expect.stringContaining('connection refused') }],
  ['print-config', { connectors: {}, service: {} }],
  ['schema', { type: 'object' }],
  ['gen scrape-config --host=a', { scrape_configs: [{ static_configs: [{ targets: ['a:8889'] }] }, {}] }],
  ['gen dashboards', { kind: 'List', apiVersion: 'v1' }],
  ['gen systemd', { Service: { Type: 'notify', ExecReload: ['/usr/bin/pitot validate', '/bin/kill -HUP $MAINPID'] } }],
])('%s --json', async (line, expected) => {
  expect(JSON.parse(await printed(`${line} --json`, 'pitot'))).toMatchObject(expected);
});

test('completion names the supported shells', async () => {
  await expect(printed('completion tcsh')).rejects.toThrow('unknown shell "tcsh"; use one of: bash, zsh, fish');
});
