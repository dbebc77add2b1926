/** Returns the value of `os.type` for a system as Node.js, Go, or Docker name it. */
export function osTypeOf(name: string): string {
  if (name === 'win32') return 'windows';
  if (name === 'sunos') return 'solaris';
  if (name === 'dragonfly') return 'dragonflybsd';
  return name;
}

const archs: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86', arm: 'arm32', ppc64le: 'ppc64' };

/** Returns the value of `host.arch` for an architecture as Node.js names it. */
export function hostArchOf(name: string): string {
  return archs[name] ?? name;
}
