import type { AnyValue } from '#pdata/attributes.ts';
import { OttlError } from '../ottl-error.ts';
import { list, map } from '../value.ts';

/**
 * Returns the parts of a URL with the names of the semantic conventions.
 * @throws OttlError for a text that is not a URL
 */
export function urlParts(text: string): AnyValue {
  if (text === '') throw new OttlError('url cannot be empty');
  if (text.startsWith('?')) return queryParameters(text.slice(1));
  const fail = (reason: string): never => {
    throw new OttlError(`parse ${JSON.stringify(text)}: ${reason}`);
  };
  if (/[\x00-\x1f\x7f]/.test(text)) fail('net/url: invalid control character in URL');
  const [beforeFragment = '', ...fragments] = text.split('#');
  const fragment = unescaped(fragments.join('#'), fail);
  const [, scheme = '', afterScheme = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(beforeFragment) ?? [];
  if (scheme === '' && afterScheme.startsWith(':')) fail('missing protocol scheme');
  const [hierarchy = '', ...queries] = afterScheme.split('?');
  const query = queries.join('?');
  const [, authority, path = ''] = /^(?:\/\/([^/]*))?(.*)$/s.exec(hierarchy) ?? [];
  const isOpaque = scheme !== '' && authority === undefined && !path.startsWith('/');
  if (scheme === '' && authority === undefined && /^[^/]*:/.test(path)) {
    fail('first path segment in URL cannot contain colon');
  }
  const { userInfo, host, port } = authorityParts(authority ?? '', fail);
  const decodedPath = isOpaque ? '' : unescaped(path, fail);
  const parts: [string, AnyValue][] = [
    ['url.original', text],
    ['url.domain', host],
    ['url.scheme', scheme.toLowerCase()],
    ['url.path', decodedPath],
  ];
  if (port !== '') parts.push(['url.port', BigInt(port)]);
  if (fragment !== '') parts.push(['url.fragment', fragment]);
  if (userInfo !== undefined) {
    const [name = '', ...password] = userInfo.split(':');
    parts.push(['url.user_info', userInfo]);
    if (name !== '') parts.push(['url.username', unescaped(name, fail)]);
    if (password.length > 0) parts.push(['url.password', unescaped(password.join(':'), fail)]);
  }
  if (query !== '') parts.push(['url.query', query]);
  const extension = /\.([^.]+)$/.exec(decodedPath)?.[1];
  if (extension !== undefined) parts.push(['url.extension', extension]);
  return map(parts.map(([key, value]) => ({ key, value })));
}

function unescaped(text: string, fail: (reason: string) => never): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  if (bad) return fail(`invalid URL escape ${JSON.stringify(bad[0])}`);
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

function authorityParts(authority: string, fail: (reason: string) => never) {
  const at = authority.lastIndexOf('@');
  const userInfo = at < 0 ? undefined : authority.slice(0, at);
  if (userInfo !== undefined && !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(userInfo)) {
    return fail('net/url: invalid userinfo');
  }
  const hostPort = authority.slice(at + 1);
  const [, host = '', afterHost = ''] = /^(\[[^\]]*\]|[^:]*)(.*)$/s.exec(hostPort) ?? [];
  if (hostPort.startsWith('[') && !host.startsWith('[')) return fail("missing ']' in host");
  if (afterHost !== '' && !/^:\d*$/.test(afterHost))
    return fail(`invalid port ${JSON.stringify(afterHost)} after host`);
  if (!host.startsWith('[') && /[\s<>"\\^`{|}]/.test(host)) {
    return fail(`invalid character ${JSON.stringify(/[\s<>"\\^`{|}]/.exec(host)![0])} in host name`);
  }
  return { userInfo, host: unescaped(host.replace(/^\[|\]$/g, ''), fail), port: afterHost.slice(1) };
}

/** Parameters with the list of their values. */
function queryParameters(query: string): AnyValue {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  if (parameters.size === 0) return map([]);
  const entries = [...parameters].map(([key, values]) => ({ key, value: list(values) }));
  return map([{ key: 'query', value: map(entries) }]);
}
