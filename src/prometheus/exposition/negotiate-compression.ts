/**
 * Supported codings, in pitot's order of preference. The Collector's build has no zstd, so a client gets zstd only if
 * it prefers it to gzip.
 */
const contentCodings = ['identity', 'gzip', 'zstd'] as const;

/** The rest of a longer line is ignored. */
const maxLineLength = 4096;

export type ContentCoding = (typeof contentCodings)[number];

/**
 * Negotiates the coding of a response (docs/reference/collector-behaviour.md#response-compression). Returns undefined if the header
 * refuses every coding with q=0; the response is then uncompressed, and an error is logged.
 * @param lines all Accept-Encoding header lines
 */
export function negotiateCompression(lines: readonly string[]): ContentCoding | undefined {
  const accepted = lines.flatMap((line) => parseLine(line.slice(0, maxLineLength)));
  let best: ContentCoding = 'identity';
  let bestQ = -1;
  for (const coding of contentCodings) {
    for (const { value, q } of accepted) {
      if (q > bestQ && (value === coding || value === '*')) {
        best = coding;
        bestQ = q;
      }
    }
  }
  return bestQ === 0 ? undefined : best;
}

interface Accepted {
  readonly value: string;
  readonly q: number;
}

/** A value (token characters and slashes), optionally a quality, then a comma or the end. */
const element = /([!#$%&'*+\-.^_`|~0-9A-Za-z/]+)[ \t\r\n]*(?:;[ \t\r\n]*q=([01])(?:\.([0-9]*))?[ \t\r\n]*)?/y;

const blanks = /[ \t\r\n]*/y;

/** Parses a line up to the first unexpected character. The rest of the line is ignored. */
function parseLine(line: string): Accepted[] {
  const accepted: Accepted[] = [];
  let position = 0;
  while (position < line.length) {
    element.lastIndex = position;
    const match = element.exec(line);
    if (match === null) break;
    position = element.lastIndex;
    const next = line.charAt(position);
    // The quality cannot be parsed.
    if (next === ';' && match[2] === undefined) break;
    accepted.push({
      value: match[1] as string,
      q: match[2] === undefined ? 1 : Number(`${match[2]}.${match[3] || '0'}`),
    });
    if (next !== ',') break;
    blanks.lastIndex = position + 1;
    blanks.test(line);
    position = blanks.lastIndex;
  }
  return accepted;
}
