import type { ConfigurationView } from '#component/views/service-views.ts';
import { placeOf } from '#config/hints.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import { configText, printedConfig } from '#config/printed-config.ts';
import { isRawMap, withoutText } from '#config/raw-value.ts';
import type { Plan } from '#pipeline/plan.ts';
import { remarksOn } from './build.ts';

/** Maximum number of keys whose origin is listed. */
const maxOrigins = 2_000;

/** Returns a configuration without secrets, with the origin of its parts. */
export function viewConfiguration(loaded: LoadedConfig, plan: Plan): ConfigurationView {
  const { resolved } = loaded;
  const origins: { path: string; place: string }[] = [];
  for (const path of keysOf(resolved.raw, [])) {
    if (origins.length >= maxOrigins) break;
    const place = placeOf(path, resolved);
    if (place !== undefined) origins.push({ path: path.join('::'), place: withoutPasswords(place) });
  }
  return {
    text: withoutPasswords(configText(printedConfig(loaded, { showSecrets: false }), 'yaml')),
    origins,
    remarks: remarksOn(loaded, plan).map((remark) => remark.replace(/^hint: /, '')),
    sources: resolved.sources.map(({ name }) => withoutPasswords(name)),
  };
}

/** Yields every path of keys, outer ones first. */
function* keysOf(raw: unknown, path: readonly string[]): Generator<readonly string[]> {
  const value = withoutText(raw as never);
  if (!isRawMap(value)) return;
  for (const [key, child] of Object.entries(value)) {
    yield [...path, key];
    yield* keysOf(child, [...path, key]);
  }
}

/** Removes user information from all URLs in a text. */
function withoutPasswords(text: string): string {
  return text.replace(/(\w:\/\/)[^/\s"'@]*@/g, '$1[REDACTED]@');
}
