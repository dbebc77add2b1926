import { arch, hostname, machine, release, type as systemName, version } from 'node:os';
import { readText } from './read-text.ts';

/** Files that describe a Linux distribution, as text. Undefined if a file does not exist. */
export interface ReleaseFiles {
  readonly osRelease?: string | undefined;
  readonly lsbRelease?: string | undefined;
  readonly debianVersion?: string | undefined;
}

/** Reads the files of this host. */
export async function releaseFiles(): Promise<ReleaseFiles> {
  const [osRelease, lsbRelease, debianVersion] = await Promise.all([
    readText('/etc/os-release'),
    readText('/etc/lsb-release'),
    readText('/etc/debian_version'),
  ]);
  return { osRelease, lsbRelease, debianVersion };
}

/** Returns the name and version of the distribution, such as `debian` and `12.5`. */
export function distribution({ osRelease = '', lsbRelease = '', debianVersion }: ReleaseFiles): {
  readonly name: string;
  readonly version: string;
} {
  const id = entry(lsbRelease, 'DISTRIB_ID');
  if (debianVersion !== undefined && id === 'Ubuntu') {
    return { name: 'ubuntu', version: entry(lsbRelease, 'DISTRIB_RELEASE') ?? '' };
  }
  if (debianVersion !== undefined) return { name: 'debian', version: debianVersion.trim() };
  return {
    name: entry(osRelease, 'ID') ?? process.platform,
    version: entry(osRelease, 'VERSION_ID') ?? release(),
  };
}

/** Returns the build of the system: BUILD_ID of os-release, or the version of the kernel. */
export function buildId({ osRelease = '' }: ReleaseFiles): string {
  return entry(osRelease, 'BUILD_ID') || release();
}

/** Returns the distribution and the kernel, such as `Debian GNU/Linux 12 (bookworm) (Linux host 6.1.0 #1 SMP x86_64)`. */
export function describeSystem({ osRelease = '' }: ReleaseFiles): string {
  const kernel = [systemName(), hostname(), release(), version(), machine() || arch()].join(' ');
  const named = [entry(osRelease, 'NAME'), entry(osRelease, 'VERSION')].filter(Boolean).join(' ');
  const name = entry(osRelease, 'PRETTY_NAME') || named;
  return name === '' ? kernel : `${name} (${kernel})`;
}

/** Returns the value of a key of a file with shell assignments. */
function entry(text: string, key: string): string | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${key}=`));
  return line
    ?.slice(key.length + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
}
