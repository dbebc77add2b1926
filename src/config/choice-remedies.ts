import type { z } from 'zod';
import { closest } from './closest.ts';
import { metadataOf, visitConfig } from './schema.ts';

/** Longest list of accepted texts that a hint contains. */
const longestList = 12;

/** Returns what to write instead of a text that is none of the accepted ones. */
export function choiceRemedy(text: string, values: readonly string[]): string | undefined {
  // Every number is similar to every other.
  const similar = /[a-z]/i.test(text) ? closest(text, values) : undefined;
  if (similar !== undefined) return `did you mean ${JSON.stringify(similar)}?`;
  const named = values.filter((value) => value !== '');
  return named.length > longestList ? undefined : `write one of: ${named.join(', ')}`;
}

/** Finds the key whose text is none of the accepted ones, if a message is about it. */
export function wrongChoice(
  schema: z.ZodType,
  config: unknown,
  message: string,
): { readonly keys: readonly string[]; readonly remedy: string | undefined } | undefined {
  const found: { keys: readonly string[]; remedy: string | undefined }[] = [];
  visitConfig(schema, config, ({ path, metadata, value }) => {
    const values = metadata.values ?? (metadata.item && metadataOf(metadata.item).values);
    if (values === undefined) return;
    for (const text of Array.isArray(value) ? value : [value]) {
      if (typeof text !== 'string' || text === '' || values.includes(text) || !message.includes(text)) continue;
      found.push({ keys: path, remedy: choiceRemedy(text, values) });
    }
  });
  return found[0];
}
