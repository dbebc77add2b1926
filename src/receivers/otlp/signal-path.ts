import { z } from 'zod';
import { metadataOf, withMetadata } from '#config/schema/metadata.ts';
import { string } from '#config/schema.ts';

/**
 * Schema of the path of a signal: an absolute path, or a URL whose path is used. Refuses an empty path, with which the Collector
 * accepts every path, and a path with a blank, with which the Collector crashes (docs/compatibility.md).
 */
export function signalPath(defaultPath: string): z.ZodType<string> {
  const text = string(defaultPath);
  const schema = text.transform((value, context) => {
    const { path, problem } = pathOfUrl(value);
    if (problem === undefined) return path;
    context.addIssue({ code: 'custom', message: `invalid HTTP URL path set for signal: ${problem}` });
    return z.NEVER;
  });
  return withMetadata(schema as z.ZodType<string>, metadataOf(text));
}

function pathOfUrl(text: string): { path: string; problem?: string } {
  const withoutFragment = text.split('#', 1)[0] ?? '';
  const withoutQuery = withoutFragment.split('?', 1)[0] ?? '';
  const host = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?\/\/([^/]*)/.exec(withoutQuery)?.[1] ?? '';
  if (host.startsWith('[') && !host.includes(']')) {
    return { path: '', problem: `parse ${JSON.stringify(text)}: missing ']' in host` };
  }
  const escaped = withoutQuery.replace(/^[a-zA-Z][a-zA-Z0-9+.-]*:/, '').replace(/^\/\/[^/]*/, '');
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(escaped);
  if (badEscape) {
    const quoted = JSON.stringify(badEscape[0]);
    return { path: '', problem: `parse ${JSON.stringify(text)}: invalid URL escape ${quoted}` };
  }
  const path = decodePath(escaped);
  if (path === '')
    return { path, problem: 'it is empty, which would accept every path; expected a path such as /v1/metrics' };
  if (/\s/.test(path))
    return { path, problem: `${JSON.stringify(text)} has a blank; expected a path such as /v1/metrics` };
  return { path: path.startsWith('/') ? path : `/${path}` };
}

function decodePath(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // Escapes of bytes that are not UTF-8. No client can request such a path.
    return escaped;
  }
}
