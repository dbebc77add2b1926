import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeFamilies } from '../support/decode-families.ts';

/** A `/metrics` response as families by name. The order of lines, series, and families is removed. */
export type UnorderedOutput = Readonly<Record<string, string>>;

/** Answers of the Collector that vary from run to run: by family, every form that was seen, and whether every run had the family. */
export type VaryingAnswer = Readonly<Record<string, { readonly always: boolean; readonly forms: readonly string[] }>>;

/** Varying answers by case and file, as `ask-varying.ts` recorded them. */
export type VaryingAnswers = Readonly<Record<string, Readonly<Record<string, VaryingAnswer>>>>;

export const varyingAnswersFile = join(import.meta.dirname, 'varying-answers.json.gz');

export function readVaryingAnswers(): VaryingAnswers {
  return JSON.parse(gunzipSync(readFileSync(varyingAnswersFile)).toString());
}

/** Removes the order from a response. `file` names its format. */
export function withoutOrder(file: string, body: Buffer): UnorderedOutput {
  return file.endsWith('.pb') ? unorderedProtobuf(body) : unorderedText(body.toString('latin1'));
}

/** Returns what no run of the Collector answered: families in another form, missing families, and additional ones. */
export function differencesFromRuns(answer: VaryingAnswer, output: UnorderedOutput): object[] {
  const other = Object.entries(output)
    .filter(([name, form]) => !answer[name]?.forms.includes(form))
    .map(([name, received]) => ({ name, received, expected: answer[name]?.forms ?? [] }));
  const missing = Object.entries(answer)
    .filter(([name, { always }]) => always && !(name in output))
    .map(([name, { forms }]) => ({ name, expected: forms }));
  return [...other, ...missing];
}

function unorderedText(text: string): UnorderedOutput {
  const families = new Map<string, string[]>();
  let name = '';
  for (const line of text.trimEnd().split('\n')) {
    name = /^# (?:HELP|TYPE|UNIT) ("(?:[^"\\]|\\.)*"|\S+)/.exec(line)?.[1] ?? name;
    families.set(name, [...(families.get(name) ?? []), line]);
  }
  return Object.fromEntries([...families].map(([key, lines]) => [key, lines.sort().join('\n')]));
}

function unorderedProtobuf(body: Buffer): UnorderedOutput {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, part) => (typeof part === 'number' || typeof part === 'bigint' ? `${part}` : part));
  const families = decodeFamilies(body).map(({ series, ...family }): [string, string] => [
    family.name,
    [text(family), ...series.map(text).sort()].join('\n'),
  ]);
  return Object.fromEntries(families);
}
