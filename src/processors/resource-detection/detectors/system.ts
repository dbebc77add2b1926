import { networkInterfaces } from 'node:os';
import type { Logger } from '#component/component.ts';
import type { ResourceDetectionConfig } from '../config.ts';
import { type AttributeCollector, texts } from '../detector.ts';
import { hostNameFrom } from './host-name.ts';
import { hostArchOf, osTypeOf } from './os-names.ts';
import { buildId, describeSystem, distribution, releaseFiles } from './os-release.ts';
import { setProcessor } from './processor.ts';
import { readText } from './read-text.ts';

/**
 * The host and its operating system.
 * @throws Error if no source has a host name
 */
export async function detectSystem(
  found: AttributeCollector,
  { hostnameSources }: ResourceDetectionConfig['system'],
  logger: Logger,
): Promise<void> {
  const files = await releaseFiles();
  found.set('host.name', await hostName(hostnameSources.length === 0 ? ['dns', 'os'] : hostnameSources, logger));
  found.set('os.type', osTypeOf(process.platform));
  found.set('os.version', distribution(files).version);
  found.set('host.id', await hostId());
  found.set('host.arch', hostArchOf(process.arch));
  const interfaces = Object.entries(networkInterfaces());
  const external = interfaces.map(([, addresses = []]) => addresses.filter(({ internal }) => !internal));
  found.set('host.ip', texts(external.flat().map(({ address }) => address)));
  found.set('host.mac', texts(external.flatMap(([first]) => (first ? [hyphenated(first.mac)] : []))));
  found.set('host.interface', texts(interfaces.map(([name]) => name)));
  found.set('os.description', describeSystem(files));
  found.set('os.name', distribution(files).name);
  const build = buildId(files);
  found.set('os.build_id', build);
  setProcessor(found, (await readText('/proc/cpuinfo')) ?? '');
  // Name of older releases.
  found.set('os.build.id', build);
}

async function hostName(sources: readonly string[], logger: Logger): Promise<string> {
  for (const source of sources) {
    try {
      return await hostNameFrom(source);
    } catch (error) {
      logger.debug('Hostname source failed', { source, error: (error as Error).message });
    }
  }
  // Same text as the Collector.
  throw new Error('all hostname sources failed to get hostname');
}

async function hostId(): Promise<string | undefined> {
  const text = (await readText('/etc/machine-id')) ?? (await readText('/var/lib/dbus/machine-id'));
  return text?.trim() || undefined;
}

/** `00:1a:2b` → `00-1A-2B` */
function hyphenated(mac: string): string {
  return mac.replaceAll(':', '-').toUpperCase();
}
