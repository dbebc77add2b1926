/**
 * Checks a rendered chart against the rules of api-server-rules.ts.
 *
 *   node test/helm/check-api-server-rules.ts RENDERED.yaml
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { violations } from './api-server-rules.ts';

const [path] = process.argv.slice(2);
if (!path) throw new Error('usage: check-api-server-rules.ts RENDERED.yaml');
const found = violations(parseAllDocuments(readFileSync(path, 'utf8')).flatMap((document) => document.toJS() ?? []));
for (const violation of found) process.stdout.write(`${violation}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
