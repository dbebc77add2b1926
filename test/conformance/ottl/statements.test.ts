import { expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { filterProcessorFactory } from '#processors/filter/factory.ts';
import { transformProcessorFactory } from '#processors/transform/factory.ts';
import { readAnswers } from '../answers.ts';
import { runProcessor } from '../processors/signal-cases.ts';
import { changedLines, inputs, type StatementAnswer, type StatementCase, statementCases } from './statement-cases.ts';

/*
 * Statements and conditions on traces, logs and metrics, as the Collector answers them (ask-collector.ts).
 */

const answers = readAnswers<StatementAnswer>(import.meta.dirname).newest;
const factories = { transform: transformProcessorFactory, filter: filterProcessorFactory } as const;
const unchanged = new Map<string, string>();

async function outputOf({ signal, processor }: Omit<StatementCase, 'name'>) {
  const request = { name: '', signal, processor, requests: [inputs[signal]] };
  return runProcessor(request, factories[processor.type] as never);
}

async function unchangedOutput(signal: StatementCase['signal']): Promise<string> {
  const text = unchanged.get(signal) ?? (await outputOf({ signal, processor: { type: 'transform' } })).text;
  unchanged.set(signal, text);
  return text;
}

async function answerOf({ signal, processor }: StatementCase): Promise<StatementAnswer> {
  const { type, ...raw } = processor;
  const { configSchema } = factories[type];
  const parsed = parseConfig<unknown>(configSchema, raw);
  if (!parsed.ok || validateConfig(configSchema, parsed.value).length > 0) return 'refused';
  const { status, text } = await outputOf({ signal, processor });
  return status[0] === 200 ? changedLines(await unchangedOutput(signal), text) : 'error';
}

test.each(statementCases().map((each) => [each.name, each] as const))('%s', async (name, each) => {
  expect(await answerOf(each)).toEqual(answers[name]);
});
