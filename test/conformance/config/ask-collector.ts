/**
 * Validates every configuration with the Collector and writes its answers to answers.json.
 * usage: node test/conformance/config/ask-collector.ts /path/to/otelcol-contrib (built from ../collector-builder.yaml)
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationCases } from './configurations.ts';
import { type Answer, putTo } from './put-to.ts';

const [collector] = process.argv.slice(2);
if (!collector) throw new Error('usage: ask-collector.ts COLLECTOR (path of its executable)');
const version = spawnSync(collector, ['--version'], { encoding: 'utf8' }).stdout.trim();
const answers: Record<string, Answer> = {};
for (const asked of configurationCases) answers[asked.name] = await putTo([collector], asked);
writeFileSync(join(import.meta.dirname, 'answers.json'), `${JSON.stringify({ version, answers }, null, 2)}\n`);
console.log(`${configurationCases.length} answers of ${version}`);
