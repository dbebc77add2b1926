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

/** A problem of a decoded configuration. */
export interface FoundProblem {
  /** Place in the Collector's message, joined with `::`. Can be empty. */
  readonly path: string;
  readonly message: string;
  /** Keys that lead to the setting, as written in YAML. */
  readonly keys: readonly string[];
  readonly remedy: string | undefined;
  readonly isLocal: boolean;
}

interface Place {
  readonly path: string;
  readonly keys: readonly string[];
}

/** Runs the checks of a decoded value and of everything in it. */
export function validateConfig(schema: z.ZodType, value: unknown): FoundProblem[] {
  const problems: FoundProblem[] = [];
  visit(schema, value, { path: '', keys: [] }, problems);
  return problems;
}

function visit(schema: z.ZodType, value: unknown, place: Place, problems: FoundProblem[]): void {
  if (value === undefined || value === null) return;
  const { presence = 'always', isPointer = false } = metadataOf(schema);
  if (presence === 'always' || isPointer) {
    visitPresent(schema, value, place, problems);
    return;
  }
  // The Collector validates such a group separately: all its problems form one, with the group's path before the first.
  const inside: FoundProblem[] = [];
  visitPresent(schema, value, { path: '', keys: place.keys }, inside);
  const [first] = inside;
  if (first === undefined) return;
  const lines = inside.map((problem) =>
    problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`,
  );
  problems.push({ ...first, path: place.path, message: lines.join('\n') });
}

function visitPresent(schema: z.ZodType, value: unknown, { path, keys }: Place, problems: FoundProblem[]): void {
  const { checks = [], kind, shape = {}, item } = metadataOf(schema);
  for (const check of checks) {
    const found = check(value as never);
    const several = found === undefined ? [] : Array.isArray(found) ? found : [found];
    for (const problem of several as readonly (string | ConfigProblem)[]) {
      const { path: below = '', message, keys: inner, remedy, isLocal = false } = asProblem(problem);
      const at = inner ?? (below === '' || !(below in shape) ? [] : [below]);
      problems.push({ path: join(path, below), message, keys: [...keys, ...at], remedy, isLocal });
    }
  }
  if (kind === 'group') {
    const group = value as Record<string, unknown>;
    for (const [key, child] of Object.entries(shape)) {
      const named = metadataOf(child).reportedAs ?? key;
      visit(child, group[camelCase(key)], { path: join(path, named), keys: [...keys, key] }, problems);
    }
  } else if (item && typeof value === 'object' && value !== null) {
    for (const [key, element] of Object.entries(value)) {
      visit(item, element, { path: join(path, key), keys: [...keys, key] }, problems);
    }
  }
}

function asProblem(problem: string | ConfigProblem): ConfigProblem {
  return typeof problem === 'string' ? { message: problem } : problem;
}

function join(path: string, below: string): string {
  return path === '' || below === '' ? path + below : `${path}::${below}`;
}
