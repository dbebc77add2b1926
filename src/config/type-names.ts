/** Names of a factory. */
interface Named {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly laterNames?: readonly string[];
}

/** Returns every name under which a configuration can refer to a type. */
export function namesOf({ type, aliases = [], laterNames = [] }: Named): string[] {
  return [type, ...aliases, ...laterNames];
}
