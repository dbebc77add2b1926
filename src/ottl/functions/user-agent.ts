import { text } from '../parameters.ts';
import { map } from '../value.ts';
import { type Converters, converter } from './define.ts';
import { type UserAgentPattern, userAgentPatterns } from './user-agent-patterns.ts';

/**
 * Maximum number of characters of a user agent to match. The time that the patterns need grows faster than the text.
 */
const maxLength = 1000;
/** Maximum number of user agents whose results are cached. */
const maxKept = 1000;

interface Compiled {
  readonly regex: RegExp;
  readonly replacements: readonly (string | undefined)[];
}

/** Name, and the parts of the version. */
type Found = readonly [name: string, ...version: string[]];

interface Parsers {
  readonly agents: readonly Compiled[];
  readonly systems: readonly Compiled[];
}

function compiled(pattern: UserAgentPattern, replacements: readonly (string | undefined)[]): Compiled {
  return { regex: new RegExp(pattern.regex, pattern.regex_flag === 'i' ? 'i' : ''), replacements };
}

function parsers(): Parsers {
  const { user_agent_parsers: agents, os_parsers: systems } = userAgentPatterns();
  return {
    agents: agents.map((each) =>
      compiled(each, [each.family_replacement, each.v1_replacement, each.v2_replacement, each.v3_replacement]),
    ),
    systems: systems.map((each) =>
      compiled(each, [
        each.os_replacement,
        each.os_v1_replacement,
        each.os_v2_replacement,
        each.os_v3_replacement,
        each.os_v4_replacement,
      ]),
    ),
  };
}

function find(patterns: readonly Compiled[], agent: string): Found {
  for (const { regex, replacements } of patterns) {
    const match = regex.exec(agent);
    if (!match) continue;
    const [name = '', ...version] = replacements.map((replacement, index) =>
      replacement === undefined
        ? (match[index + 1] ?? '')
        : replacement.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '').trim(),
    );
    return [name, ...version];
  }
  return ['Other'];
}

function versionText(version: readonly string[]): string {
  return version.filter((part) => part !== '').join('.');
}

function described(agent: string, { agents, systems }: Parsers) {
  const seen = agent.slice(0, maxLength);
  const [name, ...version] = find(agents, seen);
  const [system, ...systemVersion] = find(systems, seen);
  return map([
    { key: 'user_agent.name', value: name },
    { key: 'user_agent.original', value: agent },
    { key: 'user_agent.version', value: versionText(version) },
    ...(system === '' ? [] : [{ key: 'os.name', value: system }]),
    ...(versionText(systemVersion) === '' ? [] : [{ key: 'os.version', value: versionText(systemVersion) }]),
  ]);
}

export const userAgentConverters: Converters = {
  UserAgent: converter({ user_agent: text }, ({ user_agent: get }) => {
    const all = parsers();
    const kept = new Map<string, ReturnType<typeof described>>();
    return (context) => {
      const agent = get(context);
      const known = kept.get(agent);
      if (known) return known;
      if (kept.size >= maxKept) kept.clear();
      const found = described(agent, all);
      kept.set(agent, found);
      return found;
    };
  }),
};
