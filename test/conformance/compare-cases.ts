import { afterAll, beforeAll, expect, test } from 'vitest';
import { debugEntries } from '../support/debug-entries.ts';
import type { Answer } from '../support/http.ts';
import { readDivergences } from './divergences.ts';
import { CaseRunner, outputs, readCases } from './run-cases.ts';
import { Score } from './score.ts';
import { differencesFromRuns, readVaryingAnswers, withoutOrder } from './varying.ts';

const head = (answer: Answer) => ({ status: answer.status, 'content-type': answer.headers['content-type'] });

/**
 * Sends every case to one pitot process and compares all answers with the Collector's, byte for byte: those of 0.165, or of 0.155 where
 * pitot keeps its answer. If the Collector's answer varies from run to run, the order is ignored, and each family must have a form that
 * a run of the Collector had.
 * @param title of the printed score
 * @param processors settings of processors that all data passes, in this order
 */
export function compareCases(title: string, processors: Readonly<Record<string, object>> = {}): void {
  const kept = new Set(readDivergences().flatMap(({ keeps }) => keeps ?? []));
  const cases = readCases('cases').map((which) => (kept.has(which.name) ? { ...which, expected: which.older } : which));
  const varying = readVaryingAnswers();
  const score = new Score();
  let runner: CaseRunner;

  beforeAll(async () => {
    runner = await CaseRunner.start(cases, processors);
  });

  afterAll(async () => {
    await runner?.stop();
    score.print(title);
  });

  test.each(cases.map((which) => [which.name, which] as const))('%s', async (_name, which) => {
    const answers = await runner.run(which);
    const http = JSON.parse(which.expected('expect.http.json')!.toString());
    score.compare(
      'otlp-response',
      http.responses,
      answers.responses.map((answer) => ({ ...head(answer), body_base64: answer.body.toString('base64') })),
    );
    score.compare('scrape-head', http.scrape.text, head(answers.text));
    score.compare('scrape-head', http.scrape.openmetrics, head(answers.openmetrics));
    score.compare('scrape-head', http.scrape.protobuf, head(answers.protobuf));
    for (const [file, format] of Object.entries(outputs)) {
      const expected = which.expected(file);
      const { body } = answers[format];
      if (expected) score.compareBytes(format, expected, body);
      else {
        const runs = varying[which.name]![file]!;
        score.compareVarying(format, differencesFromRuns(runs, withoutOrder(file, body)));
      }
    }
    score.compare('debug', debugEntries(which.expected('expect.debug.txt')!.toString('latin1')), answers.debug);
    expect(score.take()).toEqual([]);
  });
}
