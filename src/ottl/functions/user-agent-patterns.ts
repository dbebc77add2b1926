import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';

/** A pattern of uap-core. The first one that matches determines the name and version. */
export interface UserAgentPattern {
  readonly regex: string;
  readonly regex_flag?: string;
  /** Replacement for the matched groups. `$1` is the first group. */
  readonly family_replacement?: string;
  readonly v1_replacement?: string;
  readonly v2_replacement?: string;
  readonly v3_replacement?: string;
  readonly os_replacement?: string;
  readonly os_v1_replacement?: string;
  readonly os_v2_replacement?: string;
  readonly os_v3_replacement?: string;
  readonly os_v4_replacement?: string;
}

/** The patterns of uap-core, in the order of their precedence. */
export interface UserAgentPatterns {
  readonly user_agent_parsers: readonly UserAgentPattern[];
  readonly os_parsers: readonly UserAgentPattern[];
}

/** Reads the patterns from the package. The bundle has them instead of this file (scripts/bundle.ts). */
export function userAgentPatterns(): UserAgentPatterns {
  const file = createRequire(import.meta.url).resolve('uap-core/regexes.yaml');
  return parse(readFileSync(file, 'utf8'));
}
