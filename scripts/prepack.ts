/**
 * Builds what `npm pack` packs. npm takes the modes of the files as they are, which depend on the umask of the clone: a package must not
 * differ from one clone to the other.
 */
import { chmodSync } from 'node:fs';

for (const file of ['LICENSE', 'README.md', 'package.json']) chmodSync(file, 0o644);
await import('./bundle.ts');
