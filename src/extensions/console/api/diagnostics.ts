import { createHmac, randomBytes } from 'node:crypto';
import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { createTar } from 'nanotar';
import { type ApiContext, ApiError } from './context.ts';
import { endpoints } from './endpoints.ts';
import { Parameters } from './parameters.ts';

/** Responses of the API that the archive contains, with their parameters. */
const contained: Readonly<Record<string, string>> = {
  status: '',
  history: '',
  scrapes: '',
  'getting-started': '',
  problems: '',
  metrics: '?limit=1000',
  cardinality: '',
  sources: '',
  pipelines: '',
  config: '',
  log: '',
};

/** Fields whose text identifies clients and networks. Within one archive, equal texts have equal pseudonyms. */
const pseudonymous = new Set(['address', 'client', 'process', 'instance', 'hostname']);
/**
 * Resource attributes that describe the kind of a process but do not identify it. The values of all others become
 * pseudonyms.
 */
const openAttributes = /^(service\.(name|namespace|version)|telemetry\..*|process\.runtime\..*|os\.type)$/;
/** IP addresses within texts. */
const addressPattern = /\b(?:\d{1,3}\.){3}\d{1,3}\b|(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;

const readme = `Diagnostics of pitot, for a bug report
Each JSON file is an answer of the API as of one moment: see docs/api.md. own-metrics.txt is the output of port 8888.
Secrets of the configuration are replaced by [REDACTED]. Addresses, processes, and values of resource attributes are replaced by
pseudonyms such as ~3f9a01c2d4, equal ones by equal ones. Names of metrics, Dags, tasks, and labels are not replaced: read the files before you publish them.
`;

/** Returns an archive with the data for a bug report, without secrets, as an uncompressed tar file. */
export async function diagnosticsOf(context: ApiContext, host: string): Promise<Uint8Array> {
  const pseudonyms = new Pseudonyms();
  const files = [{ name: 'README.txt', data: readme }];
  for (const [name, query] of Object.entries(contained)) {
    files.push({ name: `${name}.json`, data: pseudonyms.json(await answerOf(context, { name, query, host })) });
  }
  files.push({ name: 'own-metrics.txt', data: pseudonyms.text(await context.views.ownMetrics()) });
  files.push({ name: 'environment.json', data: pseudonyms.json(environment()) });
  return createTar(files.map(({ name, data }) => ({ name: `pitot-diagnostics/${name}`, data })));
}

/** Returns a response, or its error: a failing part does not prevent the others. */
async function answerOf(
  context: ApiContext,
  { name, query, host }: { readonly name: string; readonly query: string; readonly host: string },
): Promise<unknown> {
  try {
    return await endpoints[name]!.answer(context, new Parameters(query), host);
  } catch (error) {
    return { error: error instanceof ApiError ? error.message : String(error) };
  }
}

/** Returns the names of environment variables. Their values can be secrets. */
function environment(): object {
  const { heap_size_limit: heapLimit } = getHeapStatistics();
  return {
    node: process.version,
    execArgv: process.execArgv,
    platform: `${platform()} ${release()} ${arch()}`,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    constrainedMemoryBytes: process.constrainedMemory(),
    heapLimitBytes: heapLimit,
    uptimeSeconds: Math.round(process.uptime()),
    memory: process.memoryUsage(),
    variables: Object.keys(process.env).filter((name) => /^(PITOT|OTEL|NODE|GO|KUBERNETES)_/.test(name)),
  };
}

class Pseudonyms {
  readonly #key = randomBytes(16);

  of(text: string): string {
    return text === '' ? '' : `~${createHmac('sha256', this.#key).update(text).digest('hex').slice(0, 10)}`;
  }

  text(text: string): string {
    return text.replace(addressPattern, (address) => (isLocal(address) ? address : this.of(address)));
  }

  json(value: unknown): string {
    return `${JSON.stringify(value, (key, field: unknown) => this.#field(key, field), 2)}\n`;
  }

  #field(key: string, field: unknown): unknown {
    if (key === 'attributes' && Array.isArray(field)) {
      return field.map(([name, value]: [string, string]) => [name, openAttributes.test(name) ? value : this.of(value)]);
    }
    if (typeof field !== 'string') return field;
    return pseudonymous.has(key) && !isListener(field) ? this.of(field) : this.text(field);
  }
}

/** Whether a text is an address on which pitot itself listens. It reveals nothing about the network. */
function isListener(text: string): boolean {
  return /^(127\.|0\.0\.0\.0|localhost|\[::1?\])/.test(text);
}

function isLocal(address: string): boolean {
  return /^(127\.|0\.0\.0\.0$|::1?$)/.test(address);
}
