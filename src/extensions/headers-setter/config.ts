import { type ConfigOf, config, enumeration, extensionId, list, string, validated } from '#config/schema.ts';

const header = config('headerssetterextension.HeaderConfig', {
  action: enumeration({
    values: ['upsert', 'insert', 'update', 'delete', ''],
    default: 'upsert',
    zero: '',
    refusal: (text) => `unknown action ${JSON.stringify(text)}`,
  }).describe(
    '`upsert` sets the header, `insert` only if it is absent, `update` only if it is present, `delete` removes it.',
  ),
  key: string().describe('Name of the header.'),
  value: string().describe('Value of the header.'),
  value_file: string().describe('File with the value of the header. Read again when it changes.'),
  from_context: string().describe(
    'Metadata of the client whose value is used. Requires `include_metadata` of the receiver.',
  ),
  from_attribute: string().describe('Attribute of the authenticated client whose value is used, such as `username`.'),
  default_value: string().describe('Value if the client sent none.'),
});

/** A header that `headers_setter` sets. */
export type HeaderConfig = ConfigOf<typeof header>;

/** `headers_setter`. */
export const headersSetterConfig = validated(
  config('headerssetterextension.Config', {
    headers: list(header).describe('Headers to set, in order.'),
    additional_auth: extensionId().describe('ID of an authenticator that is applied first.'),
  }),
  ({ headers }) =>
    headers.length === 0 ? 'missing headers configuration' : headers.flatMap((one) => problemOf(one) ?? []),
);
export type HeadersSetterConfig = ConfigOf<typeof headersSetterConfig>;

function problemOf({ key, action, value, valueFile, fromContext, fromAttribute }: HeaderConfig): string | undefined {
  if (key === '') return 'missing header name';
  if (action === 'delete') return undefined;
  const sources = [value, valueFile, fromContext, fromAttribute].filter((source) => source !== '').length;
  if (sources === 0) return "missing header source, must be 'from_context', 'from_attribute' or 'value'";
  if (sources === 1) return undefined;
  return "invalid header source, must either 'from_context', 'from_attribute' or 'value'";
}
