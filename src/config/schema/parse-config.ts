import type { z } from 'zod';
import { type DecodeFailure, decodeFailure } from './decode-error.ts';
import { camelCase } from './groups.ts';
import { type ConfigProblem, metadataOf } from './metadata.ts';

export type ParsedConfig<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: DecodeFailure };

/** Decodes a raw value without running its checks (see `validateConfig`). Never throws because of the value. */
export function parseConfig<T>(schema: z.ZodType<T>, raw: unknown): ParsedConfig<T> {
  const result = schema.safeParse(raw);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, failure: decodeFailure(result.error.issues, metadataOf(schema).goType ?? '') };
}

/** Runs the checks of a decoded value and of everything in it. Paths are joined with `::` and can be empty. */
export function validateConfig(schema: z.ZodType, value: unknown): Required<ConfigProblem>[] {
  const problems: Required<ConfigProblem>[] = [];
  visit(schema, value, '', problems);
  return problems;
}

function visit(schema: z.ZodType, value: unknown, path: string, problems: Required<ConfigProblem>[]): void {
  if (value === undefined || value === null) return;
  const { presence = 'always' } = metadataOf(schema);
  if (presence === 'always') {
    visitPresent(schema, value, path, problems);
    return;
  }
  // The Collector validates such a group separately: all its problems form one, with the group's path before the first.
  const inside: Required<ConfigProblem>[] = [];
  visitPresent(schema, value, '', inside);
  if (inside.length === 0) return;
  const lines = inside.map((problem) =>
    problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`,
  );
  problems.push({ path, message: lines.join('\n') });
}

function visitPresent(schema: z.ZodType, value: unknown, path: string, problems: Required<ConfigProblem>[]): void {
  const { checks = [], kind, shape = {}, item } = metadataOf(schema);
  for (const check of checks) {
    const found = check(value as never);
    const several = found === undefined ? [] : Array.isArray(found) ? found : [found];
    for (const problem of several as readonly (string | ConfigProblem)[]) {
      const { path: below = '', message } = typeof problem === 'string' ? { message: problem } : problem;
      problems.push({ path: join(path, below), message });
    }
  }
  if (kind === 'group') {
    const group = value as Record<string, unknown>;
    for (const [key, child] of Object.entries(shape)) {
      visit(child, group[camelCase(key)], join(path, metadataOf(child).reportedAs ?? key), problems);
    }
  } else if (item && typeof value === 'object' && value !== null) {
    for (const [key, element] of Object.entries(value)) visit(item, element, join(path, key), problems);
  }
}

function join(path: string, below: string): string {
  return path === '' || below === '' ? path + below : `${path}::${below}`;
}
