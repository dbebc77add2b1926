/** Position of a key in a text. Line and column count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Positions of the keys in one YAML text, by their path from the top. */
export class Positions {
  readonly #byPath = new Map<string, Position>();

  set(path: readonly string[], position: Position): void {
    this.#byPath.set(path.join('\0'), position);
  }

  /** Returns the position of exactly this path. */
  at(path: readonly string[]): Position | undefined {
    return this.#byPath.get(path.join('\0'));
  }

  /** Returns the position of a path, or of its nearest parent in the text. */
  nearest(path: readonly string[]): { readonly position: Position; readonly path: readonly string[] } | undefined {
    for (let length = path.length; length > 0; length--) {
      const position = this.at(path.slice(0, length));
      if (position) return { position, path: path.slice(0, length) };
    }
    return undefined;
  }
}
