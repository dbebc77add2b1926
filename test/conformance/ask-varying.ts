/*
 * Puts the cases in which the Collector's answer varies to the Collector several times, and records every form of every family:
 *   node test/conformance/ask-varying.ts COLLECTOR RUNS
 */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CaseRunner, outputs, readCases } from './run-cases.ts';
import { type VaryingAnswer, varyingAnswersFile, withoutOrder } from './varying.ts';

const [collector, runs] = process.argv.slice(2);
if (collector === undefined || runs === undefined) throw new Error('usage: ask-varying.ts COLLECTOR RUNS');

const cases = readCases('cases').filter((which) => Object.keys(outputs).some((file) => !which.expected(file)));
const seen: Record<string, Record<string, Record<string, { always: boolean; forms: string[] }>>> = {};

/** Adds the families of one response to those that were seen. A family is always there until a run lacks it. */
function add(files: Record<string, VaryingAnswer>, file: string, body: Buffer): void {
  const output = withoutOrder(file, body);
  const isFirst = files[file] === undefined;
  const answer = (files[file] ?? {}) as Record<string, { always: boolean; forms: string[] }>;
  files[file] = answer;
  for (const [name, family] of Object.entries(answer)) if (!(name in output)) family.always = false;
  for (const [name, form] of Object.entries(output)) {
    answer[name] ??= { always: isFirst, forms: [] };
    if (!answer[name].forms.includes(form)) answer[name].forms.push(form);
  }
}

for (let run = 0; run < Number(runs); run++) {
  const runner = await CaseRunner.start(cases, {}, [collector]);
  for (const which of cases) {
    const answers = await runner.run(which);
    const files = seen[which.name] ?? {};
    seen[which.name] = files;
    for (const [file, format] of Object.entries(outputs)) {
      if (!which.expected(file)) add(files, file, answers[format].body);
    }
  }
  await runner.stop();
}

for (const files of Object.values(seen)) {
  for (const answer of Object.values(files)) for (const family of Object.values(answer)) family.forms.sort();
}
writeFileSync(varyingAnswersFile, gzipSync(JSON.stringify(seen), { level: 9 }));
