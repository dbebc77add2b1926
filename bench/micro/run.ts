import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/* npm run bench:micro [-- TEXT]: runs each file in a separate process, so that files do not affect each other's compiled code. */
const wanted = process.argv[2] ?? '';
for (const file of readdirSync(import.meta.dirname)) {
  if (!file.endsWith('.bench.ts') || !file.includes(wanted)) continue;
  console.log(file);
  execFileSync(process.execPath, [join(import.meta.dirname, file)], { stdio: 'inherit' });
}
