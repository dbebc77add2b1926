import type { Config } from '#api/service.ts';
import type { ApiContext } from './context.ts';
import { diffLines } from './diff-lines.ts';

/** `GET config`: the active configuration, and the changes that a reload would make. */
export async function configOf({ views }: ApiContext): Promise<Config> {
  const { text, sources, origins } = views.configuration();
  return { text, sources: [...sources], origins: [...origins], disk: await compareWithDisk(views, { text, sources }) };
}

async function compareWithDisk(
  views: ApiContext['views'],
  { text, sources }: { readonly text: string; readonly sources: readonly string[] },
): Promise<Config['disk']> {
  if (sources.every((source) => /^(yaml|env):/.test(source))) return { state: 'none', error: '', diff: [] };
  try {
    const onDisk = await views.configurationOnDisk();
    if (onDisk.text === text) return { state: 'same', error: '', diff: [] };
    return { state: 'different', error: '', diff: diffLines(text.split('\n'), onDisk.text.split('\n')) };
  } catch (error) {
    return { state: 'invalid', error: (error as Error).message, diff: [] };
  }
}
