import { ConsoleClient, defaultConsoleUrl } from '#client/console-client.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { parseDuration } from '#go/duration.ts';
import { type Flag, lastValue, type ParsedArguments } from './parse-arguments.ts';

const defaultTimeout = '5s';

function headerOf(text: string): readonly [name: string, value: string] {
  const colon = text.indexOf(':');
  if (colon <= 0) throw new Error('must be a header such as "Authorization: Bearer TOKEN"');
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

/** Returns milliseconds. @throws Error that says what a duration is */
export function durationOf(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    throw new Error('must be a duration such as 30s, 10m, or 500ms');
  }
}

/** Returns milliseconds, at most those of the longest timer (24.8 days). @throws Error if the duration is not positive */
export function positiveDuration(text: string): number {
  const milliseconds = durationOf(text);
  if (milliseconds <= 0) throw new Error('must be longer than 0');
  return timerDelay(milliseconds);
}

export const jsonFlag: Flag = { name: 'json', help: 'Print the result as JSON' };

/** Flags of the commands that send requests to a running pitot. */
export const requestFlags: readonly Flag[] = [
  {
    name: 'header',
    value: 'header',
    help: 'Header of requests, such as "Authorization: Bearer TOKEN". For a password, use http://name:password@host in the URL.',
    check: headerOf,
  },
  jsonFlag,
  {
    name: 'timeout',
    value: 'duration',
    help: `Time to wait for each answer (default ${defaultTimeout})`,
    check: positiveDuration,
  },
];

/** Returns the values of {@link requestFlags}. */
export function requestOptions(parsed: ParsedArguments): {
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
} {
  return {
    headers: Object.fromEntries((parsed.flags.get('header') ?? []).map(headerOf)),
    timeoutMs: positiveDuration(lastValue(parsed, 'timeout') ?? defaultTimeout),
  };
}

/** Flags of the commands that use the console of a running pitot. */
export const consoleFlags: readonly Flag[] = [
  urlFlag('url', `Address of the console (default "${defaultConsoleUrl}")`, defaultConsoleUrl),
  ...requestFlags,
];

/** Returns a client for the console in {@link consoleFlags}. */
export function consoleClient(parsed: ParsedArguments): ConsoleClient {
  return new ConsoleClient({ url: lastValue(parsed, 'url') ?? defaultConsoleUrl, ...requestOptions(parsed) });
}

/** Returns a client for the console that a required URL flag names. */
export function consoleClientAt(parsed: ParsedArguments, flag: string): ConsoleClient {
  return new ConsoleClient({ url: lastValue(parsed, flag)!, ...requestOptions(parsed) });
}

/** A flag whose value is an http or https URL. `example` is for the message about another value. */
export function urlFlag(name: string, help: string, example: string): Flag {
  const check = (text: string) => {
    const { protocol } = URL.parse(text) ?? {};
    if (protocol === 'http:' || protocol === 'https:') return;
    const isAddress = /^[\w.[\]:-]+:\d+(\/.*)?$/.test(text);
    throw new Error(`must be a URL such as ${isAddress ? `http://${text}` : example}`);
  };
  return { name, value: 'url', help, check };
}

/** Returns the URL of a flag. */
export function urlOf(parsed: ParsedArguments, name: string): URL | undefined {
  const text = lastValue(parsed, name);
  return text === undefined ? undefined : new URL(text);
}
