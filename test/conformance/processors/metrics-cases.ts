import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Component } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import type { ProcessorFactory } from '#component/factory.ts';
import { parseConfig } from '#config/schema.ts';
import { debugExporterFactory } from '#exporters/debug/factory.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { ManualClock, testSettings } from '../../support/component-settings.ts';
import { encodeMetrics, type OtlpRequest } from '../../support/otlp.ts';
import { readAnswers } from '../answers.ts';

interface Case {
  readonly name: string;
  readonly processor: Readonly<Record<string, unknown>>;
  readonly requests: readonly OtlpRequest[];
}

interface Answer {
  readonly text: string;
}

const decoder = new MetricsDecoder();
/** Time after those in the requests, as when the Collector's answers were recorded. */
const asked = 1_795_500_000_000;
const host = { extension: () => undefined, fatal: () => {} };

/**
 * Runs the cases of a folder through a processor and the debug exporter, and compares the whole output with the Collector's, which
 * ask-collector.ts recorded. `order` sorts output whose order is random in the Collector.
 */
export function testProcessor(folder: string, factory: ProcessorFactory<never>, order = (text: string) => text): void {
  const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, folder, file), 'utf8'));
  const cases: Case[] = read('cases.json');
  const answers = readAnswers<Answer>(join(import.meta.dirname, folder)).newest;

  test.each(cases.map((which) => [which.name, which] as const))(`${folder}: %s`, async (name, which) => {
    expect(order(await processed(which, factory))).toBe(order(answers[name]!.text));
  });
}

async function processed({ processor, requests }: Case, factory: ProcessorFactory<never>): Promise<string> {
  const { type: _, ...raw } = processor;
  // In a configuration file, `$$` means `$`.
  const config = parseConfig(factory.configSchema, JSON.parse(JSON.stringify(raw).replaceAll('$$', '$')));
  if (!config.ok) throw new Error(config.failure.message);
  const output = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'debug.txt');
  const debug = parseConfig(debugExporterFactory.configSchema, {
    verbosity: 'detailed',
    use_internal_logger: false,
    output_paths: [output],
  });
  if (!debug.ok) throw new Error(debug.failure.message);
  const exporter = debugExporterFactory.create.metrics!(debug.value as never, testSettings('debug'));
  const stage = factory.create.metrics!(config.value, testSettings('processor', new ManualClock(asked)), exporter);
  const parts: Component[] = [exporter, stage];
  for (const part of parts) await part.start(host);
  for (const request of requests) await stage.consume(decoder.decode(encodeMetrics(request)), noClientContext);
  for (const part of parts.reverse()) await part.shutdown(new AbortController().signal);
  return readFileSync(output, 'utf8');
}
