import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Component } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import type { ProcessorFactory } from '#component/factory.ts';
import type { Signal } from '#component/signals.ts';
import { parseConfig } from '#config/schema.ts';
import type { DebugConfig } from '#exporters/debug/config.ts';
import { debugExporterFactory } from '#exporters/debug/factory.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { testSettings } from '../../support/component-settings.ts';
import { encodeOtlpJson } from '../../support/otlp-json.ts';
import { readAnswers } from '../answers.ts';

/** Case of ask-collector.ts. */
export interface ProcessorCase {
  readonly name: string;
  readonly signal: Signal;
  readonly processor: Readonly<Record<string, unknown>> & { readonly type: string };
  readonly requests: readonly object[];
  readonly http?: { readonly include_metadata?: boolean };
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: readonly number[];
  readonly text: string;
}

const host = { extension: () => undefined, fatal: () => {} };
const decoder = new MetricsDecoder();

/**
 * Runs the cases of a folder, of any signal, through a processor and the debug exporter, and compares the status of each request and
 * the whole output with the Collector's answers.
 */
export function testProcessorOfSignals<Config>(folder: string, factory: ProcessorFactory<Config>): void {
  const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, folder, file), 'utf8'));
  const answers = readAnswers<Answer>(join(import.meta.dirname, folder)).newest;
  const cases: ProcessorCase[] = read('cases.json');
  test.each(cases.map((which) => [which.name, which] as const))(`${folder}: %s`, async (name, which) => {
    expect(await runProcessor(which, factory)).toEqual(answers[name]);
  });
}

/** Runs a case through a processor and the debug exporter. */
export async function runProcessor<Config>(which: ProcessorCase, factory: ProcessorFactory<Config>): Promise<Answer> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  const output = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'debug.txt');
  const { stage, parts } = pipeline(which, factory, output);
  const status: number[] = [];
  for (const part of parts) await part.start(host);
  // A processor with an interval has run its check once.
  vi.advanceTimersByTime(1);
  for (const request of which.requests) status.push(await statusOf(() => stage(encodeOtlpJson(which.signal, request))));
  vi.useRealTimers();
  for (const part of parts.reverse()) await part.shutdown(new AbortController().signal);
  return { status, text: readFileSync(output, 'utf8') };
}

function pipeline<Config>(
  which: ProcessorCase,
  factory: ProcessorFactory<Config>,
  output: string,
): { stage: (body: Buffer) => Promise<void> | undefined; parts: Component[] } {
  const { type: _, ...raw } = which.processor;
  const config = parsed(factory.configSchema, raw);
  const debug = parsed(debugExporterFactory.configSchema, {
    verbosity: 'detailed',
    use_internal_logger: false,
    output_paths: [output],
  }) as DebugConfig;
  const settings = testSettings(which.processor.type);
  const context = contextOf(which);
  switch (which.signal) {
    case 'metrics': {
      const exporter = debugExporterFactory.create.metrics!(debug, testSettings('debug'));
      const stage = factory.create.metrics!(config, settings, exporter);
      return { stage: (body) => stage.consume(decoder.decode(body), context), parts: [exporter, stage] };
    }
    case 'traces': {
      const exporter = debugExporterFactory.create.traces!(debug, testSettings('debug'));
      const stage = factory.create.traces!(config, settings, exporter);
      return { stage: (body) => stage.consume(decodeTraces(body), context), parts: [exporter, stage] };
    }
    case 'logs': {
      const exporter = debugExporterFactory.create.logs!(debug, testSettings('debug'));
      const stage = factory.create.logs!(config, settings, exporter);
      return { stage: (body) => stage.consume(decodeLogs(body), context), parts: [exporter, stage] };
    }
  }
}

function parsed<Config>(schema: ProcessorFactory<Config>['configSchema'], raw: unknown): Config {
  const config = parseConfig(schema, raw);
  if (!config.ok) throw new Error(config.failure.message);
  return config.value;
}

function contextOf({ http, headers = {} }: ProcessorCase): ClientContext {
  const metadata = http?.include_metadata
    ? new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]]))
    : new Map<string, string[]>();
  return { ...noClientContext, metadata, address: '127.0.0.1' };
}

/** Returns the HTTP status that the otlp receiver would send. */
async function statusOf(consume: () => Promise<void> | undefined): Promise<number> {
  try {
    await consume();
    return 200;
  } catch (error) {
    return error instanceof PermanentError ? 500 : 503;
  }
}
