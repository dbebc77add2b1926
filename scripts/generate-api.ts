import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { errorSchema } from '#api/values.ts';
import { endpoints, eventEndpoints } from '#extensions/console/api/endpoints.ts';

/** Writes docs/api.md from the schemas of the console's JSON API. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`;
  if (schema.type === 'array') return `list of ${schema.items?.properties ? 'objects' : typeOf(schema.items ?? {})}`;
  return [schema.type ?? ''].flat().join(' or ');
}

/** One row for each field, those of objects and lists below them. */
function rowsOf(schema: JsonSchema, path: string): string[] {
  const object = schema.anyOf?.find(({ properties }) => properties) ?? schema;
  return Object.entries(object.properties ?? {}).flatMap(([name, field]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const inner = field.type === 'array' && field.items?.properties ? field.items : field;
    const below = field.type === 'array' ? `${here}[]` : here;
    return [`| \`${here}\` | ${typeOf(field)} | ${field.description ?? ''} |`, ...rowsOf(inner, below)];
  });
}

function tableOf(schema: z.ZodType): string {
  const rows = rowsOf(z.toJSONSchema(schema) as JsonSchema, '');
  return `| Field | Type | Meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
}

const sections = Object.entries({ ...endpoints, ...eventEndpoints }).map(([name, { about, parameters, schema }]) => {
  const list = Object.entries(parameters).map(([parameter, meaning]) => `| \`${parameter}\` | ${meaning} |`);
  const table = list.length === 0 ? '' : `| Parameter | Meaning |\n|---|---|\n${list.join('\n')}\n\n`;
  return `## \`GET /api/v1/${name}\`\n\n${about}.\n\n${table}${tableOf(schema)}`;
});

writeFileSync(
  new URL('../docs/api.md', import.meta.url),
  `<!-- Generated from src/api by \`npm run docs\`; do not edit. -->
# JSON API of the console

The extension \`console\` serves this API ([console.md](console.md)). Its own page and pitot's command line use it. Read this page if a script
should use it, too.

- Within version 1, fields are added, and none is removed or changes its meaning. Ignore fields that you do not know.
- Times are milliseconds since the Unix epoch, durations are milliseconds, and rates are per second. A number that was not measured is \`null\`.
- Texts come from clients and are not escaped.
- Every request needs a \`Host\` that the console allows and, if the extension has \`auth\`, credentials. There is no request that changes anything.
- Every status other than 200 has the body \`${JSON.stringify(errorSchema.parse({ error: '…' }))}\`.
- \`live\`, \`tail\`, and \`requests\` return server-sent events. The tables list the fields of their data.

${sections.join('\n')}
## \`GET /api/v1/diagnostics\`

One archive for a bug report (\`.tar.gz\`) with the answers above as files, pitot's own metrics, and facts about Node.js and the machine. Secrets
are removed; addresses, processes, and the values of resource attributes are replaced by pseudonyms.
`,
);
