import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A memory limit that the kernel enforces, as for a container. */
export interface Cgroup {
  /** A shell command that moves the shell into the group. */
  readonly enter: string;
  /** Returns the bytes in use without the page cache. */
  used(): number;
  /** The most bytes that were in use. */
  peak(): number;
  /** Returns the number of processes that the kernel has killed for memory. */
  kills(): number;
  remove(): void;
}

const v1 = '/sys/fs/cgroup/memory';
const v2 = '/sys/fs/cgroup';

/** Creates a group with a memory limit in bytes. Undefined if this machine does not allow it. */
export function createCgroup(name: string, limit: number): Cgroup | undefined {
  try {
    return existsSync(join(v1, 'memory.limit_in_bytes')) ? createV1(name, limit) : createV2(name, limit);
  } catch {
    return undefined;
  }
}

function createV1(name: string, limit: number): Cgroup {
  const path = join(v1, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'memory.limit_in_bytes'), String(limit));
  const read = (file: string) => readFileSync(join(path, file), 'utf8');
  return {
    enter: `echo $$ > ${path}/cgroup.procs`,
    used: () => numberIn(read('memory.stat'), 'total_rss'),
    peak: () => Number(read('memory.max_usage_in_bytes')),
    kills: () => numberIn(read('memory.oom_control'), 'oom_kill'),
    remove: () => rmdirSync(path),
  };
}

function createV2(name: string, limit: number): Cgroup {
  const path = join(v2, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'memory.max'), String(limit));
  writeFileSync(join(path, 'memory.swap.max'), '0');
  const read = (file: string) => readFileSync(join(path, file), 'utf8');
  return {
    enter: `echo $$ > ${path}/cgroup.procs`,
    used: () => numberIn(read('memory.stat'), 'anon'),
    peak: () => Number(read('memory.peak')),
    kills: () => numberIn(read('memory.events'), 'oom_kill'),
    remove: () => rmdirSync(path),
  };
}

function numberIn(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}
