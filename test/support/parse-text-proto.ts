/** MetricFamily in protobuf's text form, reduced to the labels of each metric. Texts are byte strings. */
export interface TextProtoFamily {
  readonly name: string;
  readonly help: string;
  readonly metrics: ReadonlyMap<string, string>[];
}

type Message = Map<string, (string | Message)[]>;

/** Parses families in protobuf's text form, on several lines or compact. @throws Error for other input */
export function parseTextProto(page: string): TextProtoFamily[] {
  const families: TextProtoFamily[] = [];
  for (const [name, value] of fieldsOf(page)) {
    if (name === 'name') families.push({ name: value as string, help: '', metrics: [] });
    else if (name === 'help') families.push({ ...families.pop()!, help: value as string });
    else if (name === 'metric') families.at(-1)!.metrics.push(labelsOf(value as Message));
  }
  return families;
}

function labelsOf(metric: Message): Map<string, string> {
  const pairs = (metric.get('label') ?? []) as Message[];
  return new Map(pairs.map((pair) => [pair.get('name')![0] as string, pair.get('value')![0] as string]));
}

/** Returns the top-level fields in order. */
function* fieldsOf(page: string): Generator<[name: string, value: string | Message]> {
  const text = page.trimEnd();
  let at = 0;
  const next = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw new Error(`not protobuf text at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
    at = pattern.lastIndex;
    return match;
  };
  const value = (): string | Message => {
    const [, , brace, quoted, plain] = next(/\s*(?:()({)|"((?:[^"\\\n]|\\.)*)"|([-+\w.]+))/y);
    if (brace === undefined) return quoted === undefined ? plain! : unescaped(quoted);
    const message: Message = new Map();
    for (;;) {
      const [, name, end] = next(/\s*(?:([a-z_]+)\s*:?|(}))/y);
      if (end !== undefined) return message;
      message.set(name!, [...(message.get(name!) ?? []), value()]);
    }
  };
  while (at < text.length) yield [next(/\s*([a-z_]+)\s*:?/y)[1]!, value()];
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\' };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|([0-7]{3})|(.))/gi, (_, hex?: string, octal?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const meaning = letters[letter!];
    if (meaning === undefined) throw new Error(`no escape: \\${letter}`);
    return meaning;
  });
}
