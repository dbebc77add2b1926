import type { ComponentId } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';

/** The parts of `type/name`. */
export interface ParsedId {
  /** The trimmed text. */
  readonly id: ComponentId;
  readonly type: string;
}

const typePattern = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/;
const namePattern = /^[^\p{Z}\p{C}\p{S}]+$/u;

/**
 * Parses a component ID, `type` or `type/name` (docs/reference/collector-behaviour.md#component-ids).
 * @throws Error with the Collector's message
 */
export function parseComponentId(text: string): ParsedId {
  const { head, name } = splitId(text);
  if (!typePattern.test(head)) throw new Error(`in ${quote(text)} id: invalid character(s) in type ${quote(head)}`);
  return { id: name === '' ? head : `${head}/${name}`, type: head };
}

/** The parts of a pipeline ID. */
export interface PipelineId {
  readonly id: string;
  readonly signal: Signal | 'profiles';
}

/**
 * Parses a pipeline ID, `signal` or `signal/name`.
 * @throws Error with the Collector's message
 */
export function parsePipelineId(text: string): PipelineId {
  const { head, name } = splitId(text);
  if (head !== 'metrics' && head !== 'traces' && head !== 'logs' && head !== 'profiles') {
    throw new Error(`in ${quote(text)} id: unknown pipeline signal: ${quote(head)}`);
  }
  return { id: name === '' ? head : `${head}/${name}`, signal: head };
}

function splitId(text: string): { head: string; name: string } {
  const slash = text.indexOf('/');
  const head = (slash < 0 ? text : text.slice(0, slash)).trim();
  if (head === '') {
    if (slash >= 0) throw new Error(`in ${quote(text)} id: the part before / should not be empty`);
    throw new Error('id must not be empty');
  }
  if (slash < 0) return { head, name: '' };
  const name = text.slice(slash + 1).trim();
  if (name === '') throw new Error(`in ${quote(text)} id: the part after / should not be empty`);
  const bytes = Buffer.byteLength(name);
  if (bytes > 1024) {
    throw new Error(`in ${quote(name)} id: name ${quote(name)} is longer than 1024 characters (${bytes} characters)`);
  }
  if (!namePattern.test(name)) throw new Error(`in ${quote(name)} id: invalid character(s) in name ${quote(name)}`);
  return { head, name };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
