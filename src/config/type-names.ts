/** A factory, as far as its names go. */
interface Named {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly laterNames?: readonly string[];
}

/** Every name under which a configuration may ask for a type. */
export function namesOf({ type, aliases = [], laterNames = [] }: Named): string[] {
  return [type, ...aliases, ...laterNames];
}
