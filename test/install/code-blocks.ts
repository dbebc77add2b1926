import { readFileSync } from 'node:fs';

export interface CodeBlock {
  /** Language of the block, such as `sh` or `text`. */
  readonly language: string;
  readonly text: string;
  /** Text between the previous block or the heading and this block. */
  readonly prose: string;
}

/** Returns the code blocks of a section, in order. @throws Error if the section does not exist */
export function codeBlocks(file: string, heading: string): CodeBlock[] {
  return blocksOf(sectionOf(readFileSync(file, 'utf8'), heading));
}

/** Returns the code blocks of a text, in order. */
export function blocksOf(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let prose = '';
  const parts = markdown.split(/^( *)```(.*)\n([\s\S]*?)^ *```$/m);
  for (let index = 0; index + 3 < parts.length; index += 4) {
    prose = parts[index]!;
    const [indent, language, text] = parts.slice(index + 1) as [string, string, string];
    blocks.push({ language, text: text.replace(new RegExp(`^ {0,${indent.length}}`, 'gm'), ''), prose });
  }
  return blocks;
}

/** Whether an output contains all lines of a text, in which … matches any text. */
export function shows(output: string, text: string): boolean {
  const lines = output.split('\n');
  return text
    .trimEnd()
    .split('\n')
    .every((line) => {
      const pattern = line.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
      return lines.some((each) => new RegExp(`^${pattern.join('.*')}$`).test(each));
    });
}

function sectionOf(page: string, heading: string): string {
  const start = page.match(new RegExp(`^(#+) ${heading}$`, 'm'));
  if (!start) throw new Error(`no section "${heading}"`);
  const body = page.slice(start.index! + start[0].length);
  // A comment in a shell block has the form of a first-level heading.
  const end = body.match(new RegExp(`^#{${start[1]!.length === 1 ? 1 : 2},${start[1]!.length}} `, 'm'));
  return body.slice(0, end?.index);
}
