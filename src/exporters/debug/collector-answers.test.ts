import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Component } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import type { Signal } from '#component/signals.ts';
import { parseConfig } from '#config/schema.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { readAnswers } from '../../../test/conformance/answers.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { encodeOtlpJson } from '../../../test/support/otlp-json.ts';
import { type DebugConfig, debugConfig } from './config.ts';
import { debugExporterFactory } from './factory.ts';

/* Recorded with: node test/conformance/processors/ask-collector.ts COLLECTOR src/exporters/debug/testdata */

interface Case {
  readonly name: string;
  readonly signal: Signal;
  readonly debug: object;
  readonly requests: readonly object[];
}

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'testdata', file), 'utf8'));
const cases: Case[] = read('cases.json');
const answers = readAnswers<{ readonly text: string }>(join(import.meta.dirname, 'testdata')).newest;
const settings = testSettings('debug');

function exporterOf(signal: Signal, config: DebugConfig): Component & { take(body: Buffer): void } {
  switch (signal) {
    case 'metrics': {
      const exporter = debugExporterFactory.create.metrics!(config, settings);
      const decoder = new MetricsDecoder();
      return Object.assign(exporter, {
        take: (body: Buffer) => void exporter.consume(decoder.decode(body), noClientContext),
      });
    }
    case 'traces': {
      const exporter = debugExporterFactory.create.traces!(config, settings);
      return Object.assign(exporter, {
        take: (body: Buffer) => void exporter.consume(decodeTraces(body), noClientContext),
      });
    }
    case 'logs': {
      const exporter = debugExporterFactory.create.logs!(config, settings);
      return Object.assign(exporter, {
        take: (body: Buffer) => void exporter.consume(decodeLogs(body), noClientContext),
      });
    }
  }
}

test.each(cases.map((which) => [which.name, which] as const))(
  '%s is what the collector prints',
  async (name, which) => {
    const output = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'debug.txt');
    const config = parseConfig(debugConfig, { ...which.debug, use_internal_logger: false, output_paths: [output] });
    if (!config.ok) throw new Error(config.failure.message);
    const exporter = exporterOf(which.signal, config.value);
    await exporter.start({ extension: () => undefined, fatal: () => {} });
    for (const request of which.requests) exporter.take(encodeOtlpJson(which.signal, request));
    await exporter.shutdown(new AbortController().signal);
    expect(readFileSync(output, 'utf8')).toBe(answers[name]!.text);
  },
);
