const unreleased = '## Unreleased\n';

/**
 * Gives the entries under `## Unreleased` a version and a date. If the version already has a section, the entries go to its top, and
 * its date changes. @throws Error if there is nothing to release
 */
export function releasedChangelog(text: string, version: string, date: string): string {
  const sections = sectionsOf(text);
  const existing = sections.findIndex((section) => section.startsWith(`## ${version} (`));
  const entries = entriesOf(sections.find((section) => section.startsWith(unreleased)) ?? '');
  const earlier = entriesOf(sections[existing] ?? '');
  if (entries.length + earlier.length === 0)
    throw new Error(`CHANGELOG.md has no entry for ${version}; add one under "## Unreleased"`);
  const released = `## ${version} (${date})\n\n${[...entries, ...earlier].join('\n')}\n\n`;
  if (existing >= 0) sections[existing] = released;
  const kept = sections.filter((section) => !section.startsWith(unreleased));
  if (existing < 0) kept.splice(1, 0, released);
  return `${kept.join('').trimEnd()}\n`;
}

/**
 * Returns the version after `version`: the next minor version if a feature or change is unreleased, otherwise the next patch.
 * Without unreleased entries, `version` itself.
 */
export function nextVersion(version: string, changelog: string): string {
  const entries = entriesOf(sectionsOf(changelog).find((section) => section.startsWith(unreleased)) ?? '');
  if (entries.length === 0) return version;
  const [major, minor, patch] = version.split('.').map(Number) as [number, number, number];
  const isMinor = entries.some((entry) => /^- \[(FEATURE|CHANGE)\]/.test(entry));
  return isMinor ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** The introduction and the sections, which start with their headings. */
function sectionsOf(text: string): string[] {
  return text.split(/^(?=## )/m);
}

function entriesOf(section: string): string[] {
  return section.split('\n').filter((line) => line !== '' && !line.startsWith('## '));
}
