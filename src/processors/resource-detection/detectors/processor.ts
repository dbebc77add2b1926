import { cpus } from 'node:os';
import type { AttributeCollector } from '../detector.ts';

/** Sets the attributes of the first processor. `cpuInfo`: `/proc/cpuinfo`, or empty on other systems. */
export function setProcessor(found: AttributeCollector, cpuInfo: string): void {
  const first = cpuInfo.split('\n\n')[0]!;
  const entries = new Map(
    first.split('\n').map((line) => {
      const [key = '', value = ''] = line.split(/\t*: ?/, 2);
      return [key.trim(), value.trim()] as const;
    }),
  );
  found.set('host.cpu.vendor.id', entries.get('vendor_id') ?? '');
  found.set('host.cpu.family', entries.get('cpu family') ?? '');
  found.set('host.cpu.model.id', entries.get('model') || undefined);
  found.set('host.cpu.model.name', entries.get('model name') ?? cpus()[0]?.model ?? '');
  found.set('host.cpu.stepping', entries.get('stepping') ?? '0');
  found.set('host.cpu.cache.l2.size', BigInt(/^\d{1,15}/.exec(entries.get('cache size') ?? '')?.[0] ?? 0));
}
