import type { Command } from './command.ts';

export const schemaCommand: Command = {
  name: 'schema',
  about: 'Prints the JSON Schema of the configuration, for editors',
  longAbout: `Prints the JSON Schema (draft 07) of the configuration. Editors then complete keys, show their meaning, and mark unknown ones.

The npm package contains it as dist/config.schema.json. In VS Code with the YAML extension, and in other editors with the YAML language
server, the first line of a configuration refers to it:

  # yaml-language-server: $schema=./pitot.schema.json

Examples:
  pitot schema > pitot.schema.json`,
  flags: [{ name: 'json', help: 'No effect: the output is always JSON' }],
  execute: async () => {
    const [{ configurationSchema }, { factoriesFor }] = await Promise.all([
      import('#config/json-schema.ts'),
      import('#components.ts'),
    ]);
    return `${JSON.stringify(configurationSchema(await factoriesFor()), null, 2)}\n`;
  },
};
