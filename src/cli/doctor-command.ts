import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileReason } from '#client/file-reason.ts';
import { parseEnvironment, parseMetricsSection, versionOf } from '#doctor/airflow-settings.ts';
import type { ExamineOptions } from '#doctor/examine.ts';
import type { Step } from '#doctor/step.ts';
import { printable } from '#text/printable.ts';
import { requestFlags, requestOptions, urlFlag, urlOf } from './client-flags.ts';
import type { Command, CommandLine } from './command.ts';
import { lastValue, type ParsedArguments } from './parse-arguments.ts';

const marks = { yes: '✓', no: '✗', skipped: '–' } as const;
const colors = { yes: 32, no: 31, skipped: 90 } as const;
const width = 11;

function versionText(text: string): string {
  if (!versionOf(text)) throw new Error('must be a version such as 3.2');
  return text;
}

/** Formats a step, with its remedy below it. */
function lineOf({ name, result, text, remedy }: Step, isColored: boolean): string {
  const mark = isColored ? `\u001b[${colors[result]}m${marks[result]}\u001b[0m` : marks[result];
  const indented = remedy?.split('\n').map((line) => `\n${' '.repeat(width + 2)}${line}`) ?? [];
  return `${mark} ${name.padEnd(width)}${printable(text)}${indented.join('')}\n`;
}

function read(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new Error(`open ${path}: ${fileReason(error)}`);
  }
}

/** Returns Airflow's settings: those in flags, otherwise those of this environment. */
function airflowOf(parsed: ParsedArguments, { environment }: CommandLine): ExamineOptions['airflow'] {
  const file = lastValue(parsed, 'airflow-env');
  const variables = file === undefined ? environment : parseEnvironment(read(file));
  const usual = join(variables.AIRFLOW_HOME ?? join(homedir(), 'airflow'), 'airflow.cfg');
  const config = lastValue(parsed, 'airflow-config') ?? (file === undefined && existsSync(usual) ? usual : undefined);
  return {
    environment: variables,
    metricsSection: config === undefined ? new Map() : parseMetricsSection(read(config)),
    version: versionOf(lastValue(parsed, 'airflow-version') ?? variables.AIRFLOW_VERSION),
  };
}

function targetOf(parsed: ParsedArguments): ExamineOptions['target'] {
  const url = urlOf(parsed, 'to');
  if (!url) return undefined;
  const isGrpc = parsed.flags.has('grpc');
  if (!isGrpc && url.pathname === '/') url.pathname = '/v1/metrics';
  return { url, protocol: isGrpc ? 'grpc' : 'http', headers: requestOptions(parsed).headers };
}

export const doctorCommand: Command = {
  name: 'doctor',
  about: 'Follows the path of a metric from Airflow to Prometheus, and stops at the first fault',
  longAbout: `Follows the path of a metric from Airflow to Prometheus. It stops at the first step that fails and prints what to do.

The steps are: Airflow's settings, name, port, TLS and protocol, a test point that is sent and found in the /metrics output, clients,
and the scrape. With --prometheus, also the target and a query. The test point leaves no series behind.

Without flags it reads the settings of Airflow from this environment and airflow.cfg, and asks a pitot on this machine.

Examples:
  pitot doctor
  pitot doctor --to http://pitot:4318 --prometheus http://prometheus:9090
  kubectl exec POD -- /pitot doctor
  kubectl exec AIRFLOW_POD -- env | kubectl exec -i POD -- /pitot doctor --airflow-env=-`,
  exitStatus: '0 if no step fails; 1 if one fails; 2 if a file, or the console of --console, cannot be read',
  errorStatus: 2,
  flags: [
    { name: 'airflow-config', value: 'file', help: "Airflow's airflow.cfg (default: the one in AIRFLOW_HOME)" },
    { name: 'airflow-env', value: 'file', help: "Output of env in one of Airflow's processes; - reads standard input" },
    {
      name: 'airflow-version',
      value: 'version',
      help: 'Version of Airflow (default: AIRFLOW_VERSION)',
      check: versionText,
    },
    { name: 'ca', value: 'file', help: 'Trusted authorities (default: OTEL_EXPORTER_OTLP_CERTIFICATE)' },
    urlFlag('console', 'Address of the console (default: port 8890 of the host of --to)', 'http://localhost:8890'),
    { name: 'grpc', help: 'Send to --to over gRPC' },
    { name: 'insecure', help: 'Accept every certificate' },
    urlFlag(
      'metrics',
      'Address of the /metrics output (default: port 8889 of the host of --to)',
      'http://localhost:8889/metrics',
    ),
    urlFlag(
      'own-metrics',
      "Address of pitot's own metrics (default: port 8888 of the host of --to)",
      'http://localhost:8888/metrics',
    ),
    urlFlag('prometheus', 'Address of Prometheus', 'http://prometheus:9090'),
    urlFlag(
      'to',
      'Endpoint to which to send (default: that of Airflow, otherwise http://localhost:4318)',
      'http://localhost:4318',
    ),
    ...requestFlags,
  ],
  execute: async (parsed, line, { isTerminal, output }) => {
    const airflow = airflowOf(parsed, line);
    const caFile = lastValue(parsed, 'ca') ?? airflow.environment.OTEL_EXPORTER_OTLP_CERTIFICATE;
    const isJson = parsed.flags.has('json');
    const steps: Step[] = [];
    const { examine } = await import('#doctor/examine.ts');
    for await (const step of examine({
      ...requestOptions(parsed),
      airflow,
      target: targetOf(parsed),
      consoleUrl: urlOf(parsed, 'console'),
      metricsUrl: urlOf(parsed, 'metrics'),
      ownMetricsUrl: urlOf(parsed, 'own-metrics'),
      prometheusUrl: urlOf(parsed, 'prometheus'),
      ca: caFile && (lastValue(parsed, 'ca') !== undefined || existsSync(caFile)) ? read(caFile) : undefined,
      isInsecure: parsed.flags.has('insecure'),
    })) {
      steps.push(step);
      if (!isJson) output(lineOf(step, isTerminal && !line.environment.NO_COLOR));
    }
    const isBroken = steps.some(({ result }) => result === 'no');
    return { print: isJson ? `${JSON.stringify({ ok: !isBroken, steps })}\n` : '', exitCode: isBroken ? 1 : 0 };
  },
};
