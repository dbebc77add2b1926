import { join } from 'node:path';
import type { Logger } from '#component/component.ts';
import type { KeyValue } from '#pdata/attributes.ts';
import type { AttributeCollector, Detected } from '../detector.ts';
import { readText } from './read-text.ts';

const isWindows = process.platform === 'win32';

/** File that Elastic Beanstalk writes on an instance with AWS X-Ray. */
export const beanstalkFile = isWindows
  ? 'C:\\Program Files\\Amazon\\XRay\\environment.conf'
  : '/var/elasticbeanstalk/xray/environment.conf';

/**
 * AWS Elastic Beanstalk. Returns whether pitot runs there.
 * @throws Error if the file exists and is unreadable or malformed
 */
export async function detectElasticBeanstalk(found: AttributeCollector, file: string): Promise<boolean> {
  const text = await readText(file);
  if (text === undefined) return false;
  const { deployment_id: id, environment_name: environment, version_label: version } = JSON.parse(text);
  const deployment = String(id ?? 0);
  found.set('cloud.provider', 'aws');
  found.set('cloud.platform', 'aws_elastic_beanstalk');
  found.set('service.instance.id', deployment);
  found.set('deployment.environment', String(environment ?? ''));
  found.set('service.version', String(version ?? ''));
  return true;
}

/** Folder into which Dynatrace OneAgent writes. */
export const dynatraceFolder = isWindows
  ? join(process.env.ProgramData || 'C:\\ProgramData', 'dynatrace', 'enrichment')
  : '/var/lib/dynatrace/enrichment';

const dynatraceKeys = ['dt.entity.host', 'host.name', 'dt.smartscape.host'];

/** A host that Dynatrace OneAgent monitors. */
export async function detectDynatrace(logger: Logger, folder: string): Promise<Detected> {
  const text = (await readText(join(folder, 'dt_host_metadata.properties'))) ?? '';
  const attributes: KeyValue[] = [];
  for (const line of text.split(/\r?\n/).filter((each) => each !== '')) {
    const at = line.indexOf('=');
    if (at === -1) {
      // Same text as the Collector.
      logger.warn("Skipping line as it does not match the expected format of '<key>=<value>", { line });
      continue;
    }
    const key = line.slice(0, at);
    const value = line.slice(at + 1);
    if (value !== '' && dynatraceKeys.includes(key)) attributes.push({ key, value: value.trim() });
  }
  return { attributes, schemaUrl: '' };
}
