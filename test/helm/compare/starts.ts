import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { compileCache } from '../../support/pitot.ts';

const root = new URL('../../../', import.meta.url).pathname;
/** What the container has; see `pitot.env` in helm/templates/_container.tpl. */
const variables = {
  MY_POD_IP: '127.0.0.1',
  OTEL_K8S_NODE_NAME: 'n',
  OTEL_K8S_NODE_IP: '127.0.0.1',
  OTEL_K8S_NAMESPACE: 're',
  OTEL_K8S_POD_NAME: 'p',
  OTEL_K8S_POD_IP: '127.0.0.1',
  K8S_NODE_NAME: 'n',
  K8S_NODE_IP: '127.0.0.1',
  // From the Secret of a vendor.
  OTLP_ENDPOINT: 'https://otlp.example',
};
/** Many values result in the same configuration. */
const answers = new Map<string, string>();

/**
 * Returns whether `pitot validate` accepts a rendered configuration, and what it ignores, as a cell of the table.
 *
 * @throws Error if pitot refuses it for another reason than a missing component, or than a mistake that the Collector also refuses
 */
export function starts(config: object, folder: string): string {
  // Certificates and volumes of the pod do not exist here.
  const text = stringify(config)
    .replace(/^ *tls:\n( +)cert_file: .*\n\1key_file: .*\n/gm, '')
    .replace(/^ *tls:\n +ca_file: .*\n/gm, '')
    .replace(/(?<=^ *directory: ).*$/gm, folder);
  const known = answers.get(text);
  if (known !== undefined) return known;
  const path = join(folder, 'relay.yaml');
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['src/main.ts', 'validate', `--config=${path}`], {
    cwd: root,
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...variables },
    encoding: 'utf8',
  });
  const answer = status === 0 ? accepted(stdout + stderr) : refused(stdout + stderr);
  answers.set(text, answer);
  return answer;
}

function accepted(output: string): string {
  const ids = output.matchAll(/\b(?:receivers|processors|exporters|extensions|connectors)::([\w/-]+): .*\bignored\b/g);
  const ignored = [...new Set([...ids].map(([, id]) => `\`${id}\``))].sort();
  return ignored.length > 0 ? `Yes, ignores ${ignored.join(', ')}` : 'Yes';
}

function refused(output: string): string {
  const [, reason = ''] = /^Error: (?:failed to build pipelines: )?(.*)$/m.exec(output) ?? [];
  const [, foreign] = /: pitot does not support the extension "([^"]+)"/.exec(output) ?? [];
  if (foreign) return `No: extension \`${foreign}\` is not supported by pitot`;
  if (reason.endsWith('which is not configured')) return `No, same as the Collector: ${reason}`;
  const [, missing, kind] = /^failed to create "([^"]+)" (\w+)/.exec(reason) ?? [];
  if (missing) return `No: ${kind} \`${missing}\` is not supported by pitot`;
  if (!reason.startsWith('every pipeline is disabled') && !reason.includes('pitot supports none'))
    throw new Error(`pitot does not start: ${output.slice(0, 400)}`);
  return `No: ${reason}`;
}
