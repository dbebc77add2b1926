import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Signal } from '#component/signals.ts';

/** A statement or condition, and the processor that has it. */
export interface StatementCase {
  /** Where it belongs, and its text: `transform:span set(name, "x")`. */
  readonly name: string;
  readonly signal: Signal;
  readonly processor: { readonly type: 'transform' | 'filter'; readonly [key: string]: unknown };
}

/**
 * `refused`: the configuration is invalid. `error`: the statement fails. Otherwise the lines of the debug exporter that the statement
 * removes (`- `) and adds (`+ `).
 */
export type StatementAnswer = 'refused' | 'error' | readonly string[];

const signalOf: Readonly<Record<string, Signal>> = {
  resource: 'traces',
  scope: 'traces',
  span: 'traces',
  spanevent: 'traces',
  log: 'logs',
  metric: 'metrics',
  datapoint: 'metrics',
};
const statementKeys = { metrics: 'metric_statements', traces: 'trace_statements', logs: 'log_statements' };
const conditionKeys: Readonly<Record<string, string>> = { log: 'log_record' };

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
}

/** Telemetry of each signal, as OTLP/JSON. */
export const inputs = read('inputs.json') as Readonly<Record<Signal, object>>;

/** All cases of statements.json. */
export function statementCases(): StatementCase[] {
  const texts = read('statements.json') as Readonly<Record<string, readonly string[]>>;
  return Object.entries(texts).flatMap(([place, list]) => {
    const [type = '', context = '', mode] = place.split(/[:@]/);
    const signal = signalOf[context]!;
    return list.map((text): StatementCase => {
      const name = `${place} ${text}`;
      // An error refuses the request, so that it shows in the status. `ignore` shows what it leaves behind.
      const error_mode = mode === 'ignore' ? 'ignore' : 'propagate';
      const processor =
        type === 'transform'
          ? { type: 'transform', error_mode, [statementKeys[signal]]: [{ context, statements: [text] }] }
          : { type: 'filter', error_mode, [signal]: { [conditionKeys[context] ?? context]: [text] } };
      return { name, signal, processor: processor as StatementCase['processor'] };
    });
  });
}

/** Lines that differ, as in a unified diff without context. */
export function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  // The length of the longest common rest, from each pair of positions.
  const common = old.map(() => new Uint32Array(now.length + 1));
  common.push(new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i]![j] = old[i] === now[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const changes: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      changes.push(`- ${old[i++]}`);
    } else changes.push(`+ ${now[j++]}`);
  }
  return changes;
}
