import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The release whose answers apply. The files without a release in their name hold the answers of 0.155. */
const newest = '0.165';

/** Name of the file with the answers of the newest release: `answers.json` → `answers-0.165.json`. */
export function newestName(file: string): string {
  const extension = extname(file);
  return `${file.slice(0, -extension.length)}-${newest}${extension}`;
}

/** Returns the Collector's answers of a suite, by case: those of 0.155, and those of 0.165 where they differ. */
export function readAnswers<Answer>(folder: string): {
  readonly older: Readonly<Record<string, Answer>>;
  readonly newest: Readonly<Record<string, Answer>>;
} {
  const read = (file: string) => {
    const path = join(folder, file);
    const content = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
    return (content.answers ?? content) as Record<string, Answer>;
  };
  const older = read('answers.json');
  return { older, newest: { ...older, ...read(newestName('answers.json')) } };
}
